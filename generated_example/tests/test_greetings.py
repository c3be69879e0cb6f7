from fastapi.testclient import TestClient

from backend.main import app

client = TestClient(app)


def test_a_greeting_is_in_the_language_of_the_path():
    response = client.post("/api/greetings/french", json={"name": "Ada"})
    assert response.json() == {"text": "Bonjour, Ada.", "language": "french"}


def test_an_excited_greeting_ends_in_an_exclamation_mark():
    response = client.post("/api/greetings/english?excited=true", json={"name": "Ada"})
    assert response.json()["text"] == "Hello, Ada!"


def test_nobody_is_not_greeted():
    response = client.post("/api/greetings/english", json={"name": ""})
    assert response.status_code == 422
    assert response.json()["detail"][0]["loc"] == ["body", "name"]

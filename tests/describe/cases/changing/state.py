MODE = None
ROWS = [{"id": 1}]
SETTINGS = {"size": 1}
SHARED = {"a": 1}


def configure():
    SETTINGS["size"] = "large"

"""Generated functions that the round trip cannot call, each with the reason."""

_REASONS = {
    "its server breaks, which the case is about": """
        broken_streams: models_as_text
        broken_streams: models_as_events
        broken_streams: json_of_a_model
        broken_streams: generator_as_value
        changing: route_kept_class_attributes
        flow: around_a_loop
        lookalikes: route_indented
        lookalikes: route_stripped
        lookalikes: route_text_of_bytes
        lookalikes: route_updated_copy
        merged_dicts: dumped_without_being_events
        odd_types: holder
        own_responses: shouted
        unclear: recursive
    """,
    "what it depends on, or calls a method of, is written as `...`": """
        flow: counted
        labelled: c08
        labelled: c09
        labelled: c24
        labelled: c25
        labelled: c29
        labelled: c36
        labelled: c37
        labelled: c46
        labelled: c47
        lookalikes: route_own_get
        odd_types: serialized
        response_classes: annotated
        routers: Callable
        source_streams: context
        source_streams: generic
        source_streams: helper_frames
        source_streams: injected
        source_streams: joined
        source_streams: method
        source_streams: partial
        source_streams: queue
        source_streams: raw_bytes
        unclear: changing
        unclear: declared
        unclear: elsewhere
        unclear: unannotated_call
    """,
    "it makes dates and colours of any text that it is given": """
        encoders: default_writes_dates
        encoders: default_writes_enums
        encoders: dumped_for_json
    """,
    "no flag alone decides whether it streams, so its kind is not described": """
        by_flag: both
        by_flag: may_fail
        by_flag: moved
        by_flag: odd_default
        by_flag: rebound
        by_flag: settled
    """,
    "nothing ever comes of it": """
        reached: only_an_empty_stream
    """,
    "there is no such file": """
        labelled: c45
        response_classes: file
        response_classes: log
        response_classes: returned_file
    """,
    "it wants a cookie, which only a browser sends": """
        errors: takes_cookie
    """,
    "it answers with what its caller asked for: an error": """
        response_classes: returned_json
    """,
    "it calls what there is not": """
        globals: tokens
        qualifiers: nothing_there
    """,
    "it has nothing to send": """
        globals: past
        seed: stream_analytics_data
        seed: logs
        unclear: untyped_list
    """,
}

LEFT_OUT = {
    line.strip(): reason
    for reason, lines in _REASONS.items()
    for line in lines.strip().splitlines()
}

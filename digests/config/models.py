"""Keys of `summariser`: the operator's own language model."""

from digests.config.kinds import Group, Key, Text
from digests.config.requests import Secret
from digests.config.urls import Url


class OfSummariser:
    """Keys of `summariser`."""

    URL = Key(
        "url",
        Url(),
        "Where it is, up to and without `/chat/completions`; any endpoint that speaks as OpenAI's"
        " does. It may be on this machine.",
        example="http://127.0.0.1:8080/v1",
        required=True,
    )
    MODEL = Key(
        "model",
        Text("the name of a model on one line, at most 100 characters"),
        "Which of its models to ask.",
        example="local",
        required=True,
    )
    KEY = Key(
        "key",
        Secret(),
        "What it wants to be shown, as `Authorization: Bearer …`.",
        usual="nothing",
        example="${LLM_KEY}",
    )
    ALL = (URL, MODEL, KEY)


SUMMARISER = Group("summariser", OfSummariser.ALL)

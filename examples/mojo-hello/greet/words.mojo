"""The words that are said."""


def greeting(name: String) -> String:
    """Greets somebody."""
    return "hello, " + name

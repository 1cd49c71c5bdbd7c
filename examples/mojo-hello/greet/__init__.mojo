"""Says hello."""

from .words import greeting

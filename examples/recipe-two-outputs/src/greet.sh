#!/bin/sh
# Shows the greeting in a language: `greet de`.
exec cat "${0%/bin/*}/share/greetings/${1:-en}.txt"

#!/usr/bin/env bash
# Completes the command line of the other arguments with the script of the first, and prints
# what bash would offer.
# shellcheck source=/dev/null
source "$1"
name=$2
shift 2
function=$(complete -p "$name" | sed -n 's/.*-F \([^ ]*\).*/\1/p')
COMP_WORDS=("$name" "$@")
COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
COMPREPLY=()
"$function" "$name" "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}"
printf '%s\n' "${COMPREPLY[@]}"

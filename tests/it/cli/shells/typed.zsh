# What the zsh with a terminal reads first: it writes what it would offer into the file
# `$OFFERED` and ends.
PROMPT=
autoload -Uz compinit
compinit -u -D
source $SCRIPT
bindkey '^I' complete-word
compadd() {
  # These options only sort out what another call offers.
  if [[ ${@[1,(i)(-|--)]} == *-(O|A|D)\ * ]]; then
    builtin compadd "$@"
    return
  fi
  local -a offered
  builtin compadd -A offered "$@"
  print -rl -- $offered >> $OFFERED
  builtin compadd "$@"
}
comppostfuncs=(exit)

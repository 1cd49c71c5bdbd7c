# Types the second argument and a tab into a zsh that has a terminal, after it has read the
# first: completion works there alone.
zmodload zsh/zpty
zpty shell zsh -f -i
zpty -w shell "source $1"
zpty -w shell "$2"$'\t'
while zpty -r shell line; do :; done

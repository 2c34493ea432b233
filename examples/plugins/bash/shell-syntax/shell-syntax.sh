#!/bin/bash
# A validation plugin in bash: reads the shell scripts of a workspace without running them (bash -n, sh -n).
# It reads a line, writes a line, and then reads the next one, so a cancel comes too late to be of use; the kernel ends
# the process instead. Only programs that no Debian can be without: bash, coreutils, grep, iconv.
set -u
export LC_ALL=C.UTF-8
readonly most_findings=200

# --- Reading JSON -----------------------------------------------------------------------------------------------------
# grep cuts the line into tokens, and parse_value walks them. What is no token comes out as single characters, which no
# rule accepts. Strings and keys stay as they are written, quotes included: so a key cannot pass for a path, and a
# string can be written out again as it came.

readonly string='"([^"\\]|\\["\\/bfnrt]|\\u[0-9A-Fa-f]{4})*"'
readonly number='-?[0-9]+(\.[0-9]+)?([eE][-+]?[0-9]+)?'
declare -A value # by path, such as $/"params"/"input"/"files"/0; the length of an array stands at its path and /#
declare -a tokens
declare -i at

# parse LINE: fills `value`; fails where the line is not JSON.
parse() {
  value=() at=0
  mapfile -t tokens < <(grep -aoE "$string|$number|true|false|null|[][{},:]|[^[:space:]]" <<<"$1")
  parse_value '$' && ((at == ${#tokens[@]}))
}

# next_token: puts the token into REPLY.
next_token() {
  REPLY=${tokens[at]-}
  at+=1
}

parse_value() {
  local path=$1
  # A line of a hundred thousand brackets must not exhaust the stack.
  ((${#FUNCNAME[@]} < 70)) || return 1
  next_token
  case $REPLY in
    '{') parse_members "$path" ;;
    '[') parse_items "$path" ;;
    '"'?* | true | false | null | [0-9]* | -[0-9]*) value[$path]=$REPLY ;;
    *) return 1 ;;
  esac
}

parse_members() {
  local path=$1 key
  if [[ ${tokens[at]-} == '}' ]]; then
    next_token
    return
  fi
  while true; do
    next_token
    key=$REPLY
    [[ $key == '"'?* ]] || return 1
    next_token
    [[ $REPLY == ':' ]] || return 1
    parse_value "$path/$key" || return 1
    next_token
    case $REPLY in
      ',') ;;
      '}') return 0 ;;
      *) return 1 ;;
    esac
  done
}

parse_items() {
  local path=$1
  local -i length=0
  value[$path/#]=0
  if [[ ${tokens[at]-} == ']' ]]; then
    next_token
    return
  fi
  while true; do
    parse_value "$path/$length" || return 1
    length+=1
    value[$path/#]=$length
    next_token
    case $REPLY in
      ',') ;;
      ']') return 0 ;;
      *) return 1 ;;
    esac
  done
}

# get PATH: puts the token into REPLY, or nothing.
get() {
  REPLY=${value[$1]-}
}

# decode STRING: puts into REPLY what the string means.
decode() {
  local rest=${1:1:-1} text= character
  while [[ $rest == *\\* ]]; do
    text+=${rest%%\\*}
    rest=${rest#*\\}
    case $rest in
      u*) printf -v character "\\u${rest:1:4}" && rest=${rest:5} ;;
      [bfnrt]*) printf -v character "\\${rest:0:1}" && rest=${rest:1} ;;
      *) character=${rest:0:1} rest=${rest:1} ;;
    esac
    text+=$character
  done
  REPLY=$text$rest
}

# --- The tool ---------------------------------------------------------------------------------------------------------

# shell_of FILE: puts the shell that reads this file into REPLY, or nothing. Fails where the file cannot be read.
shell_of() {
  local first=
  REPLY=
  { IFS= read -r -n 200 first || true; } 2>/dev/null <"$1" || return 1
  if [[ $first =~ ^#!.*[/\ ](bash|sh|dash)([[:space:]]|$) ]]; then
    REPLY=${BASH_REMATCH[1]}
    [[ $REPLY == bash ]] || REPLY=sh
  elif [[ $first != '#!'* && $1 == *.@(sh|bash) ]]; then
    REPLY=bash
  fi
}

# find_fault SHELL FILE: fails where the syntax is right; else puts line and message into `line` and REPLY.
find_fault() {
  local said
  # By stdin, so that no name of a file can be taken for an option or get into the message.
  said=$("$1" -n <"$2" 2>&1) && return 1
  # What the shell quotes of the file may be any bytes; the answer has to be UTF-8, and without control characters.
  said=$(head -n 1 <<<"$said" | head -c 1000 | iconv -c -f UTF-8 -t UTF-8 2>/dev/null | tr -d '\000-\037\177')
  line=
  REPLY=${said:-the shell does not say why}
  if [[ $said =~ ^[a-z]+:\ (line\ )?([0-9]+):\ (.*)$ ]]; then
    line=${BASH_REMATCH[2]}
    REPLY=${BASH_REMATCH[3]}
  fi
}

# check_file TOKEN: adds to `checked` and `findings` of shell_syntax. TOKEN is the path as the message has it.
check_file() {
  local token=$1 file line
  decode "$token"
  file=$(realpath -e -- "$workspace/$REPLY" 2>/dev/null)
  # A link must not lead out of the workspace, and a named pipe must not hold us up.
  if [[ $file != "$workspace"/* || ! -f $file ]]; then
    add_finding "$token" '' 'This is no file of the workspace.'
  elif ! shell_of "$file"; then
    add_finding "$token" '' 'The file cannot be read.'
  elif [[ $REPLY ]]; then
    checked+=1
    find_fault "$REPLY" "$file" && add_finding "$token" "$line" "$REPLY"
  fi
}

add_finding() {
  local message=${3//\\/\\\\}
  ((${#findings[@]} < most_findings)) || return
  findings+=("{\"path\":$1,${2:+\"line\":$2,}\"message\":\"${message//\"/\\\"}\"}")
}

shell_syntax() {
  local id=$1 workspace verdict=pass IFS=,
  local -i checked=0 index length
  local -a findings=()
  get '$/"params"/"workspace"'
  [[ $REPLY == '"'* ]] || { refuse "$id" -32000 'this tool needs a workspace' && return; }
  decode "$REPLY"
  workspace=$(realpath -e -- "$REPLY" 2>/dev/null) || { refuse "$id" -32000 'the workspace is not there' && return; }
  get '$/"params"/"input"/"files"/#'
  length=${REPLY:-0}
  for ((index = 0; index < length; index++)); do
    get "$/\"params\"/\"input\"/\"files\"/$index"
    check_file "$REPLY"
  done
  ((${#findings[@]} == 0)) || verdict=fail
  reply "$id" "{\"verdict\":\"$verdict\",\"checked\":$checked,\"findings\":[${findings[*]-}]}"
}

# --- The protocol -----------------------------------------------------------------------------------------------------

reply() { printf '{"jsonrpc":"2.0","id":%s,"result":%s}\n' "$1" "$2"; }
refuse() { printf '{"jsonrpc":"2.0","id":%s,"error":{"code":%s,"message":"%s"}}\n' "$1" "$2" "$3"; }

execute() {
  get '$/"params"/"tool"'
  case $REPLY in
    '"shell-syntax"') shell_syntax "$1" ;;
    *) refuse "$1" -32601 'there is no such tool' ;;
  esac
}

while IFS= read -r message; do
  if ! parse "$message"; then
    # Nobody knows whose message that was, so there is no id to answer to.
    printf 'not a message: %.100s\n' "$message" >&2
    continue
  fi
  get '$/"id"'
  id=$REPLY
  # A notification, such as cancel, takes no answer.
  [[ $id =~ ^[1-9][0-9]*$ ]] || continue
  get '$/"method"'
  case $REPLY in
    '"initialize"') reply "$id" '{"protocol":"protocol.v1","tools":["shell-syntax"]}' ;;
    '"execute"') execute "$id" ;;
    '"health"') reply "$id" '{"ok":true}' ;;
    '"shutdown"')
      reply "$id" null
      exit 0
      ;;
    *) refuse "$id" -32601 'there is no such method' ;;
  esac
done
exit 0

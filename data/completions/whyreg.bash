# bash completion for whyreg(1)

_whyreg_findings()
{
    whyreg explain 2>/dev/null | sed -n 's/^\([a-z_]*\) \+\(failure\|warning\|note\) .*/\1/p'
}

_whyreg_lessons()
{
    whyreg lesson 2>/dev/null | sed -n 's/^ *\([0-9]\+\)  .*/\1/p'
}

# Those that the history knows.
_whyreg_accounts()
{
    whyreg history -o csv 2>/dev/null | sed -n '2,$s/^\([^,"]*\),.*/\1/p'
}

# The value of option $1, of which $2 is typed; fails when $1 takes none.
_whyreg_value()
{
    case $1 in
    -r | --read | -w | --write | --credentials | --history | --metrics-file | --config)
        mapfile -t COMPREPLY < <(compgen -f -- "$2")
        compopt -o filenames 2>/dev/null
        ;;
    -o | --output)
        mapfile -t COMPREPLY < <(compgen -W 'text html json jsonl csv' -- "$2")
        ;;
    --vantage)
        mapfile -t COMPREPLY < <(compgen -W 'auto client middle server' -- "$2")
        ;;
    --finding)
        mapfile -t COMPREPLY < <(compgen -W "$(_whyreg_findings)" -- "$2")
        ;;
    --qop)
        mapfile -t COMPREPLY < <(compgen -W 'auth auth-int' -- "$2")
        ;;
    --algorithm)
        mapfile -t COMPREPLY < <(compgen -W 'MD5 MD5-sess SHA-256 SHA-256-sess SHA-512-256 SHA-512-256-sess' -- "$2")
        ;;
    --method)
        mapfile -t COMPREPLY < <(compgen -W 'REGISTER INVITE SUBSCRIBE PUBLISH MESSAGE' -- "$2")
        ;;
    -i | --interface)
        mapfile -t COMPREPLY < <(compgen -W "any $(ls /sys/class/net 2>/dev/null)" -- "$2")
        ;;
    --on-change)
        mapfile -t COMPREPLY < <(compgen -c -- "$2")
        ;;
    -B | --buffer-size | -s | --snaplen | -c | --count | -C | --rotate-size | -G | --rotate-time | -W | \
        --rotate-files | --port | --duration | --stable | --history-size | --history-age | --listen | \
        --on-change-rate | --memory | --queue)
        COMPREPLY=()
        ;;
    -f | --filter | --device | --since | --until | --frame | --user | --realm | --uri | --nonce | --nc | \
        --cnonce | --response)
        COMPREPLY=()
        ;;
    *)
        return 1
        ;;
    esac
}

_whyreg()
{
    local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]} options
    local common='--read --filter --credentials --insecure-credentials --no-sandbox --help --usage
        --version'
    local analyze='--output --write --vantage --follow --redact --device --finding --since --until --ladder
        --memory --quiet --verbose'
    local digest='--frame --show-secrets --user --realm --method --uri --nonce --qop --nc --cnonce
        --algorithm --response'

    local watch='--interface --port --buffer-size --snaplen --no-promiscuous --count --duration --output --write
        --rotate-size --rotate-time --rotate-files --stable --history --history-size --history-age --metrics-file
        --listen --on-change --on-change-rate --memory --queue --user --config --vantage --redact
        --device --finding --ladder --quiet --verbose'

    local general='--help --usage --version'

    # bash takes "--option=value" for three words.
    if [[ $cur == '=' ]]; then
        cur=
    elif [[ $prev == '=' ]]; then
        prev=${COMP_WORDS[COMP_CWORD - 2]}
    fi
    _whyreg_value "$prev" "$cur" && return

    case ${COMP_WORDS[1]} in
    explain | lesson) options='--help --usage --version' ;;
    digest) options="$common $digest" ;;
    watch) options="${common/--read /} $watch" ;;
    history | report) options="$general --history --since --until --output" ;;
    state) options="$general --history --stable --output --quiet" ;;
    *) options="$common $analyze" ;;
    esac

    if [[ $cur == -* ]]; then
        mapfile -t COMPREPLY < <(compgen -W "$options" -- "$cur")
        return
    fi
    case $COMP_CWORD:${COMP_WORDS[1]} in
    2:explain) mapfile -t COMPREPLY < <(compgen -W "$(_whyreg_findings)" -- "$cur") ;;
    2:lesson) mapfile -t COMPREPLY < <(compgen -W "$(_whyreg_lessons)" -- "$cur") ;;
    *:explain | *:lesson | *:report) COMPREPLY=() ;;
    *:history | *:state) mapfile -t COMPREPLY < <(compgen -W "$(_whyreg_accounts)" -- "$cur") ;;
    *)
        mapfile -t COMPREPLY < <(compgen -f -- "$cur")
        compopt -o filenames 2>/dev/null
        [[ $COMP_CWORD -gt 1 ]] ||
            mapfile -t -O "${#COMPREPLY[@]}" COMPREPLY < <(compgen -W 'analyze compare digest explain history lesson report state watch' -- "$cur")
        ;;
    esac
}

complete -F _whyreg whyreg

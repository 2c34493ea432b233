#!/usr/bin/python3
"""An acquisition plugin in Python, with nothing but its standard library: finds TODO and FIXME comments.

The protocol is at the bottom: read a line, write a line. The work is done in a thread, so that a cancel is heard
meanwhile.
"""

import json
import os
import re
import stat
import sys
import threading

MOST_FILE_BYTES = 1_000_000
# One message of the protocol has at most 1 MiB; this leaves room for the rest of it.
MOST_OUTPUT_BYTES = 800_000
MOST_TEXT = 200
NOT_ENTERED = {".git", ".hg", ".svn", "node_modules"}


class ToolFailure(Exception):
    """The tool could not do it; the message is for the person who wrote the task."""


class Cancelled(Exception):
    """Nobody waits for the answer any more."""


# --- The tool ---------------------------------------------------------------------------------------------------------


def find_todos(tool_input, workspace, cancelled):
    """Gives the comments of every text file below `workspace`, folder by folder."""
    if workspace is None or not os.path.isdir(workspace):
        raise ToolFailure("this tool needs a workspace")
    comment = comment_pattern(tool_input.get("tags", ["TODO", "FIXME"]))
    limit = tool_input.get("limit", 1000)
    comments, files, skipped, room = [], 0, 0, MOST_OUTPUT_BYTES
    for path in walk(workspace):
        if cancelled.is_set():
            raise Cancelled
        text = read_text(os.path.join(workspace, path))
        if text is None:
            skipped += 1
            continue
        files += 1
        for found in comments_in(shown(path), text, comment):
            room -= len(json.dumps(found)) + 2
            if len(comments) == limit or room < 0:
                return {"comments": comments, "files": files, "skipped": skipped, "truncated": True}
            comments.append(found)
    return {"comments": comments, "files": files, "skipped": skipped, "truncated": False}


def comment_pattern(tags):
    """A sign that begins a comment, the tag, perhaps an owner in parentheses, and the text."""
    either = "|".join(re.escape(tag) for tag in tags)
    return re.compile(rf"(?:#|//|/\*|\*|--|;|%|<!--)\s*\b({either})\b(?:\(([^)]*)\))?[:\s]*(.*)")


def walk(workspace):
    """Gives the path of every file, below `workspace`. Sorted, because a file system's order means nothing."""
    for folder, folders, files in os.walk(workspace):
        folders[:] = sorted(name for name in folders if name not in NOT_ENTERED)
        for name in sorted(files):
            yield os.path.relpath(os.path.join(folder, name), workspace)


def read_text(path):
    """Gives the text of a regular file; None for links, pipes, and what is too large, binary or unreadable."""
    try:
        # Without blocking, so that a named pipe cannot hold us up.
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        with open(descriptor, "rb") as file:
            status = os.fstat(descriptor)
            if not stat.S_ISREG(status.st_mode) or status.st_size > MOST_FILE_BYTES:
                return None
            content = file.read(MOST_FILE_BYTES)
    except OSError:
        return None
    return None if b"\0" in content else content.decode("utf-8", "replace")


def comments_in(path, text, comment):
    for number, line in enumerate(text.split("\n"), start=1):
        match = comment.search(line)
        if match is None:
            continue
        tag, owner, rest = match.groups()
        rest = re.sub(r"\s*(\*/|-->)\s*$", "", rest).strip()
        found = {"path": path, "line": number, "tag": tag, "text": rest[:MOST_TEXT]}
        yield {**found, "owner": owner[:MOST_TEXT]} if owner else found


def shown(path):
    """A name may be any bytes; the answer has to be text."""
    return os.fsencode(path).decode("utf-8", "replace")


TOOLS = {"find-todos": find_todos}

# --- The protocol -----------------------------------------------------------------------------------------------------

UNKNOWN = -32601
FAILED = -32000
CANCELLED = -32800

writing = threading.Lock()
running = {}


def send(message):
    """Writes one line, at once. Only messages may go to stdout; what is for people goes to stderr."""
    line = json.dumps({"jsonrpc": "2.0", **message}) + "\n"
    try:
        with writing:
            sys.stdout.write(line)
            sys.stdout.flush()
    except OSError:
        # Nobody reads any more.
        os._exit(0)


def reply(request, result):
    send({"id": request, "result": result})


def refuse(request, code, message):
    send({"id": request, "error": {"code": code, "message": message}})


def execute(request, params):
    name = str(params.get("tool"))
    tool = TOOLS.get(name)
    if tool is None:
        refuse(request, UNKNOWN, f"there is no tool {name}")
        return
    cancelled = running[request] = threading.Event()
    threading.Thread(target=work, args=(request, tool, params, cancelled)).start()


def work(request, tool, params, cancelled):
    try:
        reply(request, tool(params.get("input", {}), params.get("workspace"), cancelled))
    except Cancelled:
        refuse(request, CANCELLED, "cancelled")
    except ToolFailure as failure:
        refuse(request, FAILED, str(failure))
    except Exception as error:  # A bug is an answer too: whoever waits should not wait for nothing.
        refuse(request, FAILED, f"{type(error).__name__}: {error}")
    finally:
        running.pop(request, None)


def receive(message):
    """Acts on one message; gives False when it was the last one."""
    request, method, params = message.get("id"), message.get("method"), message.get("params")
    if not isinstance(params, dict):
        params = {}
    if method == "cancel":
        for number, cancelled in list(running.items()):
            if number == params.get("id"):
                cancelled.set()
    elif not isinstance(request, int):
        pass  # Any other notification takes no answer.
    elif method == "initialize":
        reply(request, {"protocol": "protocol.v1", "tools": list(TOOLS)})
    elif method == "execute":
        execute(request, params)
    elif method == "health":
        reply(request, {"ok": True})
    elif method == "shutdown":
        reply(request, None)
        return False
    else:
        refuse(request, UNKNOWN, f"there is no method {method}")
    return True


def main():
    for line in sys.stdin.buffer:
        try:
            message = json.loads(line)
        except (ValueError, RecursionError):
            message = None
        if not isinstance(message, dict):
            # Nobody knows whose message that was, so there is no id to answer to.
            print(f"not a message: {line[:100]!r}", file=sys.stderr)
        elif not receive(message):
            # Shutdown: nobody waits for what still runs.
            for cancelled in list(running.values()):
                cancelled.set()
            break
    # Python ends once the threads have: at the end of the input, what still runs is answered first.


main()

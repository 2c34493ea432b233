// The error catalogue: every fault that Arbiter can report, what was expected, what to try, who must act and whether
// trying again may help. What is not in here is a kernel bug: it throws, and the claim releases itself.

/** Who has to do something about a fault. */
export type Actor = 'submitter' | 'plugin-author' | 'operator' | 'policy';

interface Fault {
  readonly message: string;
  readonly expected: string;
  readonly remedy: string;
  readonly actor: Actor;
  /** Whether the retry table may try again. */
  readonly retryable: boolean;
}

const submitter = { actor: 'submitter', retryable: false } as const;
const author = { actor: 'plugin-author', retryable: false } as const;
const operator = { actor: 'operator', retryable: false } as const;

export const catalogue = {
  // The inbox and its lines
  LINE_NOT_JSON: {
    ...submitter,
    message: 'Line {line} is not JSON: {detail}.',
    expected: 'One JSON object per line, UTF-8.',
    remedy: 'Correct the line in the failed file and move that file back into inbox/.',
  },
  LINE_NOT_OBJECT: {
    ...submitter,
    message: 'Line {line} is JSON, but {found} instead of an object.',
    expected: 'A task: {"tool":"…","input":{…}}.',
    remedy: 'Wrap the value in a task object.',
  },
  LINE_TOO_LONG: {
    ...submitter,
    message: 'Line {line} has {bytes} bytes.',
    expected: 'At most {limit} bytes in a line.',
    remedy: 'Put what is large into a file of the workspace and name it, or raise queue.lineBytes in arbiter.yaml.',
  },
  LINE_NOT_UTF8: {
    ...submitter,
    message: 'Line {line} is not valid UTF-8.',
    expected: 'UTF-8 throughout.',
    remedy: 'Save the file as UTF-8 and drop it again.',
  },
  LINE_TOO_DEEP: {
    ...submitter,
    message: 'Line {line} nests deeper than {limit} levels.',
    expected: 'At most {limit} levels of arrays and objects.',
    remedy: 'Flatten the input.',
  },
  LINE_FORBIDDEN_KEY: {
    ...submitter,
    message: 'Line {line} has a key named {key}.',
    expected: 'No key named __proto__: it would change the object instead of filling it.',
    remedy: 'Rename the key.',
  },
  FILE_BYTE_ORDER_MARK: {
    ...submitter,
    message: 'The file begins with a byte order mark; it was read without it.',
    expected: 'UTF-8 without a byte order mark.',
    remedy: 'Save the file without it, if your editor lets you choose.',
  },
  FILE_CRLF: {
    ...submitter,
    message: 'Line {line} ends in CR LF; the CR was dropped, here and in what follows.',
    expected: 'Lines that end in LF.',
    remedy: 'Save the file with Unix line ends.',
  },
  FILE_EMPTY: {
    ...submitter,
    message: 'The file holds no line.',
    expected: 'At least one task.',
    remedy: 'Write a task into it and drop it again.',
  },
  FILE_NOT_REGULAR: {
    ...submitter,
    message: '{name} is a {found}, not a file; it was put aside into failed/.',
    expected: 'A regular file whose name ends in .jsonl.',
    remedy: 'Drop the file itself. Links are not followed, so that a name cannot make the kernel read something else.',
  },
  FILE_UNREADABLE: {
    ...submitter,
    message: '{name} cannot be read: {detail}.',
    expected: 'A file that the user who runs the kernel may read.',
    remedy: 'Change its permissions and move it back into inbox/.',
  },
  FILE_REPLACED: {
    ...submitter,
    message: '{name} was replaced or cut short while it was being read, after line {line}.',
    expected: 'A dropped file is only ever appended to.',
    remedy: 'Look at the results for the lines that ran, and drop the rest as a new file.',
  },

  // Tasks
  TASK_INVALID: {
    ...submitter,
    message: 'The task does not fit task.v1: {detail}.',
    expected: '{expectation}.',
    remedy: '{hint}',
  },
  TASK_UNKNOWN_KEY: {
    ...submitter,
    message: 'The task has an unknown key {key}.',
    expected: 'Only the keys of task.v1.',
    remedy: '{hint}',
  },
  ID_REUSED: {
    ...submitter,
    message: 'The id {id} belongs to another task already (ledger entry {entry}).',
    expected: 'The same content whenever an id comes again.',
    remedy: 'Give this task an id of its own, or leave the id out.',
  },
  DEPENDENCY_CYCLE: {
    ...submitter,
    message: 'Tasks depend on each other in a circle: {cycle}.',
    expected: 'dependsOn without circles.',
    remedy: 'Remove one of the dependencies.',
  },
  DEPENDENCY_FAILED: {
    ...submitter,
    message: 'The task depends on {dependency}, which ended {outcome}.',
    expected: 'Every task in dependsOn ends done.',
    remedy: 'Correct {dependency}, then run: arbiter retry.',
  },
  REQUEST_NOT_ROUTED: {
    ...submitter,
    message: 'The task is a free-text request.',
    expected: 'A tool: this kernel has no router for requests yet.',
    remedy: 'Name a tool. `arbiter plugin list` shows them.',
  },
  TOOL_UNKNOWN: {
    ...submitter,
    message: 'No plugin offers the tool {tool}.',
    expected: 'A tool of an installed plugin.',
    remedy: '{hint}',
  },
  INPUT_INVALID: {
    ...submitter,
    message: 'The input does not fit the schema of {tool}: {detail}.',
    expected: '{expectation}.',
    remedy: '{hint}',
  },
  WORKSPACE_REQUIRED: {
    ...submitter,
    message: 'The tool {tool} works on a workspace, and the task names none.',
    expected: '"workspace": an absolute path.',
    remedy: 'Add the workspace to the task.',
  },
  WORKSPACE_NOT_USED: {
    ...submitter,
    message: 'The tool {tool} gets no workspace, and the task names one.',
    expected: 'No workspace: plugins of the category {category} see none.',
    remedy: 'Leave the workspace out.',
  },
  WORKSPACE_NOT_ABSOLUTE: {
    ...submitter,
    message: 'The workspace {path} is not an absolute path.',
    expected: 'A path that begins with /.',
    remedy: 'Write the whole path, or use `arbiter submit`, which does that.',
  },
  WORKSPACE_MISSING: {
    ...submitter,
    message: 'The workspace {path} is not there, or is not a folder.',
    expected: 'A folder that exists.',
    remedy: 'Check the path.',
  },
  WORKSPACE_NOT_GRANTED: {
    ...submitter,
    message: 'The workspace {path} lies outside the granted roots.',
    expected: 'A folder below one of: {roots}.',
    remedy: 'Add its root to workspaces in arbiter.yaml, if tasks may work there.',
  },
  WORKSPACE_IS_HOME: {
    ...submitter,
    message: 'The workspace {path} lies in the home itself.',
    expected: 'A folder apart from inbox, ledger and settings.',
    remedy:
      'Name a folder outside of the home. A home may lie inside of a workspace; it is then neither shown nor changed.',
  },
  WORKSPACE_UNSUITABLE: {
    ...submitter,
    message: 'The repository {path} cannot be worked on: {detail}.',
    expected: '{expectation}.',
    remedy: '{hint}',
  },
  WORKSPACE_MOVED: {
    actor: 'operator',
    retryable: true,
    message: 'What the task worked on has changed meanwhile: {conflicts}.',
    expected: 'The state that the private copy was made from.',
    remedy:
      'Nothing was changed. Run the task again: arbiter retry. A plan is made anew by submitting it under another id.',
  },
  WORKSPACE_REF_BUSY: {
    ...submitter,
    message: 'The branch {ref} is checked out at {worktree}.',
    expected: 'A branch that is checked out nowhere: a checkout is never changed behind your back.',
    remedy: 'Leave ref out; the result then stays on a branch of its own, ready to merge.',
  },

  // Plugins
  PLUGIN_SPEC_INVALID: {
    ...author,
    message: 'The plugin in {folder} has a {file} that does not fit its schema: {detail}.',
    expected: '{expectation}.',
    remedy: '{hint}',
  },
  PLUGIN_FILE_MISSING: {
    ...author,
    message: 'The plugin in {folder} has no {file}.',
    expected: 'plugin.spec.json, manifest.json, ledger_contract.json and the entry that the spec names.',
    remedy: 'Add the file; `arbiter plugin sync` writes the generated ones.',
  },
  PLUGIN_FOLDER_EXISTS: {
    ...author,
    message: '{folder} is there already.',
    expected: 'A folder that is not there yet: nothing is overwritten.',
    remedy: 'Take another name, or name another place with --dir.',
  },
  PLUGIN_BUNDLER_MISSING: {
    ...author,
    message: 'esbuild, which bundles {folder}, is not installed.',
    expected: 'esbuild beside the plugin or beside Arbiter: it is installed only where plugins are written.',
    remedy: 'npm install --save-dev esbuild',
  },
  PLUGIN_BUNDLE_FAILED: {
    ...author,
    message: 'The plugin in {folder} could not be bundled: {detail}.',
    expected: 'src/plugin.ts or src/plugin.js, and imports that can be found.',
    remedy: 'Correct the source and run `arbiter plugin sync` again.',
  },
  PLUGIN_TAMPERED: {
    ...author,
    message: 'The file {file} of plugin {plugin} is not the one that its manifest was made for.',
    expected: 'SHA-256 {expectedDigest}.',
    remedy: 'Restore the file, or run `arbiter plugin sync` if the change is yours.',
  },
  PLUGIN_DUPLICATE: {
    ...operator,
    message: 'Two plugins are called {plugin}: {first} and {second}.',
    expected: 'One plugin per id below one root.',
    remedy: 'Remove or rename one of them.',
  },
  PLUGIN_KERNEL_RANGE: {
    ...operator,
    message: 'The plugin {plugin} asks for a kernel {range}; this is {version}.',
    expected: 'A kernel in its range.',
    remedy: 'Install another version of the plugin or of Arbiter.',
  },
  PLUGIN_WORD_DEPRECATED: {
    ...author,
    message: 'The plugin {plugin} says {word} in {file}, which is deprecated.',
    expected: '{file} without it. It is accepted as long as {contract} is.',
    remedy: '{instead}',
  },
  PLUGIN_NOT_AVAILABLE: {
    ...operator,
    message: 'The plugin {plugin}, chosen by the table for {tool}, is not installed or does not offer it.',
    expected: 'A plugin with that tool.',
    remedy: 'Correct the plugin-selection table, or install the plugin.',
  },
  PLUGIN_NOT_CHOSEN: {
    ...operator,
    message: 'The table plugin-selection lets no plugin run {tool}: {owner} offers it, and {certificate}.',
    expected: 'A plugin that a rule of the table names.',
    remedy: '`arbiter decide plugin-selection tool={tool} owner={owner}` says which rule asks for what.',
  },
  PLUGIN_SETTINGS_INVALID: {
    ...operator,
    message: 'The settings of plugin {plugin} do not fit its schema: {detail}.',
    expected: '{expectation}.',
    remedy: '{hint}',
  },
  TRUST_INVALID: {
    ...operator,
    message: 'The key {path} cannot be used: {detail}.',
    expected: 'An Ed25519 public key as PEM.',
    remedy: '`arbiter plugin trust FILE` puts a key there; remove the file if nobody is meant to be trusted by it.',
  },
  KEY_EXISTS: {
    ...operator,
    message: 'There is a key at {path} already.',
    expected: 'A name that no key has yet: nothing is overwritten.',
    remedy: 'Take another name, or use the key that is there.',
  },
  KEY_UNUSABLE: {
    ...operator,
    message: 'No key to sign with at {from}: {detail}.',
    expected: 'One Ed25519 private key as PEM.',
    remedy: '`arbiter plugin keygen NAME` makes one; name another one with --key FILE.',
  },
  NOTHING_TO_CERTIFY: {
    ...author,
    message: 'The plugin {plugin} reached no conformance level, so that there is nothing to certify.',
    expected: 'A plugin that reaches L0 at least.',
    remedy: 'Correct what `arbiter conform` lists.',
  },
  PACKAGE_UNSUITABLE: {
    ...operator,
    message: '{source} cannot be installed: {detail}.',
    expected: 'A folder of a plugin, or a tarball of one, such as npm pack makes.',
    remedy: 'Ask its author, or look into it with: tar -tzf',
  },
  PACKAGE_NOT_PUBLISHED: {
    ...author,
    message: 'The plugin in {folder} was not published: {detail}.',
    expected:
      'A package that installs as it is here, with a certificate of {level} or more, and that runs nothing when it is installed.',
    remedy: '{hint}',
  },
  CHANGES_UNKNOWN: {
    ...operator,
    message: 'What changed since {since} cannot be told: {detail}.',
    expected: 'A git repository with {since}, and with the commits from where HEAD left it.',
    remedy: 'Fetch that history; in a workflow of GitHub, check out with fetch-depth: 0.',
  },
  NPM_FAILED: {
    ...operator,
    message: '{command} failed: {detail}.',
    expected: 'npm on the PATH, a registry that answers, and its token where it asks for one.',
    remedy: 'Run it by hand. Registry and token are in the settings of npm: npm config ls',
  },
  INSTALL_NOT_ACCEPTED: {
    ...operator,
    message: '{plugin} was not installed: {detail}.',
    expected: 'Somebody who says yes to what it may do.',
    remedy: 'Read what it asks for, then run the command again {how}.',
  },
  PLUGIN_UNKNOWN: {
    ...operator,
    message: 'No plugin called {plugin} is installed.',
    expected: 'One of: {known}.',
    remedy: '`arbiter plugin list` shows them.',
  },
  PLUGIN_START_FAILED: {
    ...author,
    message: 'Plugin {plugin} ended before it answered initialize: {detail}.',
    expected: 'An answer to initialize within {limitMs} ms.',
    remedy: 'Run it by hand and look at what it writes to stderr. {stderr}',
  },
  WORKSPACE_NOT_SHOWN: {
    ...operator,
    message: 'The workspace {path} could not be shown to plugin {plugin}: {detail}.',
    expected: 'A folder that a sandbox can be given.',
    remedy: '`arbiter doctor` shows what sandboxes can do here.',
  },
  PLUGIN_DIED: {
    actor: 'plugin-author',
    retryable: true,
    message: 'Plugin {plugin} ended in the middle of {tool}: {detail}.',
    expected: 'An answer.',
    remedy: 'Look at what it wrote to stderr. {stderr}',
  },
  PLUGIN_TIMEOUT: {
    actor: 'plugin-author',
    retryable: true,
    message: 'Plugin {plugin} did not answer {tool} within {limitMs} ms; its process was killed.',
    expected: 'An answer within {limitMs} ms.',
    remedy: 'Raise timeoutMs in the task if the work needs longer, as far as policies/performance.yml allows.',
  },
  PLUGIN_LIMIT: {
    ...author,
    message: 'Plugin {plugin} went over its limit {limit} of {value} in {tool}: {detail}.',
    expected: 'At most {limit} {value}.',
    remedy: 'Do less in one task, or raise the limit in plugin.spec.json, as far as policies/performance.yml allows.',
  },
  PLUGIN_OUTPUT_TOO_LONG: {
    ...author,
    message: 'Plugin {plugin} sent more than {limit} bytes in one line.',
    expected: 'At most {limit} bytes in a line.',
    remedy: 'Leave what is large in a file and answer with its name.',
  },
  PLUGIN_PROTOCOL: {
    ...author,
    message: 'Plugin {plugin} broke the protocol: {detail}. It sent: {received}',
    expected: 'JSON-RPC 2.0, one message per line, on stdout; everything else on stderr.',
    remedy: 'Print to stderr, and answer each request once with its own id.',
  },
  PLUGIN_OUTPUT_INVALID: {
    ...author,
    message: 'The output of {tool} does not fit its own schema: {detail}.',
    expected: '{expectation}.',
    remedy: '{hint}',
  },
  PLUGIN_CALL_DENIED: {
    ...author,
    message: 'Plugin {plugin} called {method}, which it was not granted or which is not available.',
    expected: 'Only calls listed under grants.kernel.',
    remedy: 'Add the grant to plugin.spec.json, if the plugin needs it.',
  },
  PLUGIN_CIRCUIT_OPEN: {
    actor: 'plugin-author',
    retryable: true,
    message: 'Plugin {plugin} was not asked: it failed {failures} times in a row, the last time with {because}.',
    expected: 'A plugin that answers.',
    remedy: 'A task is let through to try at {until}. Look at the failures before: arbiter tasks; then: arbiter retry.',
  },
  TOOL_FAILED: {
    actor: 'submitter',
    retryable: false,
    message: '{tool} failed: {detail}.',
    expected: 'A result.',
    remedy: 'Read the message; correct the input or the workspace.',
  },
  TOOL_FAILED_RETRYABLE: {
    actor: 'operator',
    retryable: true,
    message: '{tool} failed for now: {detail}.',
    expected: 'A result.',
    remedy: 'It may work later: arbiter retry.',
  },

  // Policies
  POLICY_DENIED: {
    actor: 'policy',
    retryable: false,
    message: '{reasons}.',
    expected: 'A task that policies/ allows.',
    remedy:
      'Nothing was changed. `arbiter policy explain` shows which rule read what; correct the task, or have the policy changed.',
  },

  // Effects and gates
  GATE_INPUT_UNFIT: {
    ...operator,
    message: 'The table gate-tools names {tool}, which does not take a list of files: {detail}.',
    expected: '{expectation}.',
    remedy: 'Name a validation tool that takes the list of changed files, in process/decisions.dmn of the home.',
  },
  GATE_FAILED: {
    actor: 'policy',
    retryable: false,
    message: 'The gate {gate} refused the change: {detail}.',
    expected: 'A change that passes the gates of its tier.',
    remedy: 'Nothing was changed. Correct what the gate found.',
  },
  EFFECT_UNSAFE: {
    actor: 'policy',
    retryable: false,
    message: 'The change at {path} cannot be kept: {detail}.',
    expected: 'Files, folders and links that stay inside the workspace.',
    remedy: 'Nothing was changed. Correct the plugin.',
  },
  EFFECT_NOT_APPLIED: {
    actor: 'operator',
    retryable: true,
    message: 'The effects could not be applied: {detail}. What had been done was undone.',
    expected: 'A workspace that can be written to.',
    remedy: 'Make room or change permissions, then run: arbiter retry.',
  },
  DISK_FULL: {
    actor: 'operator',
    retryable: true,
    message: 'There is no room left to write: {detail}.',
    expected: 'Room on the file systems that hold the home and the workspace.',
    remedy: 'Make room and start the kernel again: what is claimed goes on. A task that failed: arbiter retry.',
  },
  EFFECT_HALF_APPLIED: {
    ...operator,
    message: 'The effects of this task could not be applied whole, and these could not be undone: {conflicts}.',
    expected: 'Everything as it was before, or as the task left it.',
    remedy: 'Look at what is named; `arbiter show` lists what the task would have done.',
  },
  REQUEST_UNDELIVERED: {
    actor: 'operator',
    retryable: true,
    message: '{request} could not be delivered: {detail}.',
    expected: 'An answer from 200 to 299. Nothing of the task was kept; the request may have arrived all the same.',
    remedy: 'See to the host and run the task again: arbiter retry. The request is sent with the same Idempotency-Key.',
  },
  REQUEST_REFUSED: {
    ...submitter,
    message: '{request} was refused by its host: {detail}.',
    expected: 'An answer from 200 to 299. Nothing of the task was kept.',
    remedy: 'Correct the task or the credentials that the host wants, and run it again: arbiter retry.',
  },
  FALLBACK_UNFIT: {
    ...operator,
    message: 'The table fallback names {what}, which cannot take the place of the failed tool: {detail}.',
    expected:
      'A tool that takes the same input, an earlier result of the same task, or a value that fits the output schema.',
    remedy: 'Correct the table fallback in process/decisions.dmn of the home.',
  },
  BUDGET_SPENT: {
    ...submitter,
    message: 'The budget of the task is spent: {used} of {budget}.{last}',
    expected: 'Something left before another attempt begins.',
    remedy: 'Give the task a larger budget if it is worth that, then run: arbiter retry.',
  },
  EFFECTS_NOT_KEPT: {
    ...operator,
    message: 'The content of {path} is not kept as it was recorded: {detail}.',
    expected: 'Every content that an entry names, in effects/ of the home.',
    remedy: 'Nothing was changed. Put effects/ back from a copy of the home, or run the task again.',
  },

  // What people decide about effects that are recorded
  NOT_A_PLAN: {
    ...submitter,
    message: 'The task {id} is no plan: it is {status}.',
    expected: 'A task that ended planned: one with "whatIf": true, or submitted with --what-if.',
    remedy: '`arbiter tasks --status planned` lists plans; `arbiter approve` is for tasks that wait for an approval.',
  },
  NOTHING_TO_APPLY: {
    ...submitter,
    message: 'The plan {id} changes no file, sends no request and submits no task.',
    expected: 'A plan with effects.',
    remedy: 'There is nothing to do.',
  },
  NOT_REPLAYABLE: {
    ...submitter,
    message: 'The task cannot be run again for comparison: {detail}.',
    expected: 'A task that a plugin ran, whose workspace can be had as it was then.',
    remedy: '`arbiter ledger verify` shows that the entry was not changed; `arbiter show` shows what it says.',
  },
  APPLIED_ALREADY: {
    ...submitter,
    message: 'The plan {id} was applied already (ledger entry {entry}).',
    expected: 'A plan that was not applied.',
    remedy: 'To do it once more, submit the task under another id. To undo it: arbiter rollback {id}.',
  },
  NOT_AWAITING_APPROVAL: {
    ...submitter,
    message: 'The task {id} does not wait for an approval: it is {status}.',
    expected: 'A task that waits for an approval.',
    remedy: '`arbiter tasks --status waiting` lists what waits, and for what.',
  },
  APPROVAL_REFUSED: {
    actor: 'policy',
    retryable: false,
    message: 'The change was looked at and rejected.',
    expected: 'An approval.',
    remedy: 'Nothing was changed. `arbiter show` says who rejected it and why; correct the task and submit it again.',
  },
  NOTHING_TO_ROLL_BACK: {
    ...submitter,
    message: 'There is nothing of {id} to roll back: {detail}.',
    expected: 'A task that is done and changed files.',
    remedy: '`arbiter diff` shows what a task changed.',
  },
  ROLLED_BACK_ALREADY: {
    ...submitter,
    message: 'The task {id} was rolled back already (ledger entry {entry}).',
    expected: 'A task whose effects are in place.',
    remedy: 'There is nothing to do. To have its effects again, submit the task under another id.',
  },
  ROLLBACK_CONFLICT: {
    ...operator,
    message: 'What {id} changed has moved on since: {conflicts}.',
    expected: 'Every file, or the branch, as the task left it.',
    remedy: 'Nothing was changed. `arbiter diff` shows what the task did; undo by hand what should go.',
  },
  CANCELLED: {
    ...submitter,
    message: 'The task was cancelled{detail}.',
    expected: 'Nothing.',
    remedy: 'Nothing was applied. Submit it again if you want it after all.',
  },

  // The kernel and its home
  HOME_MISSING: {
    ...operator,
    message: 'There is no home at {path}.',
    expected: 'A folder with arbiter.yaml.',
    remedy: 'arbiter init --home {path}',
  },
  HOME_EXISTS: {
    ...operator,
    message: 'There is a home at {path} already.',
    expected: 'A folder without arbiter.yaml.',
    remedy: 'Use it as it is, or choose another folder.',
  },
  KERNEL_NOT_RUNNING: {
    ...operator,
    message: 'No kernel runs on {path}.',
    expected: 'A running kernel.',
    remedy: 'arbiter start --home {path}',
  },
  TASK_NOT_FOUND: {
    ...submitter,
    message: 'There is no task {id} in {where}.',
    expected: 'The id of a task, or the number of a ledger entry.',
    remedy: '`arbiter tasks` lists them.',
  },
  HOME_STOPPED: {
    ...operator,
    message: 'There is a file {file}: it keeps kernels from running here.',
    expected: 'No such file.',
    remedy: 'To go on, remove it: rm {file}',
  },
  HOME_BUSY: {
    ...operator,
    message: 'Another process holds the ledger of {path}.',
    expected: 'One kernel per home.',
    remedy: 'arbiter stop --home {path}, or wait for the command that runs.',
  },
  SETTINGS_INVALID: {
    ...operator,
    message: '{path} is not valid: {detail}.',
    expected: '{expectation}.',
    remedy: '{hint}',
  },
  TABLE_UNKNOWN: {
    ...operator,
    message: 'There is no decision table {table}.',
    expected: 'One of {known}.',
    remedy: 'Did you mean {nearest}? `arbiter doctor` lists the tables.',
  },
  TABLE_INVALID: {
    ...operator,
    message: '{file} cannot be used: {detail}.',
    expected: 'DMN 1.1 to 1.5 whose decision tables have FEEL cells that mean something.',
    remedy: 'Open the file in a DMN editor and correct the place named.',
  },
  DIAGRAM_INVALID: {
    ...operator,
    message: '{file} cannot be run: {detail}.',
    expected: 'BPMN 2.0 in which every way to Done passes Validate, Verify and Commit ledger.',
    remedy: 'Open the file in a BPMN editor and correct the element named.',
  },
  DIAGRAM_UNDRAWABLE: {
    ...submitter,
    message: '{file} cannot be drawn: {detail}.',
    expected: 'BPMN 2.0 in which every element has its place in the layout, or none has.',
    remedy: 'Open the file in a BPMN editor, give the element named a place, and save it.',
  },
  PICTURE_UNWRITABLE: {
    ...submitter,
    message: 'The picture cannot be written to {file}: {detail}.',
    expected: 'A file in a folder that is there and may be written to.',
    remedy: 'Make the folder, or name another file.',
  },
  WORKFLOW_INVALID: {
    ...submitter,
    message: '{file} cannot be run: {detail}.',
    expected: 'A workflow: name, and steps that name tools of installed plugins and values that exist by then.',
    remedy: 'Correct the step and key named. `arbiter plugin list` shows the tools; docs/process.md the keys.',
  },
  WORKFLOW_UNKNOWN: {
    ...submitter,
    message: 'There is no workflow {name}.',
    expected: 'A YAML file, or the name of one in process/workflows/ of the home: {known}.',
    remedy: '`arbiter workflow list` shows them.',
  },
  WORKFLOW_INPUT_INVALID: {
    ...submitter,
    message: 'The workflow {name} cannot begin: {detail}.',
    expected: 'The inputs that it declares, and no others.',
    remedy: 'Give them as key=value, or key:=JSON.',
  },
  WORKFLOW_VALUE_MISSING: {
    ...submitter,
    message: 'The variable {path} has no value here.',
    expected: 'A value that was given at the start, or that an earlier step answered.',
    remedy: 'Give it as key=value, or let the step run only when it is there.',
  },
  WORKFLOW_FAILED: {
    ...submitter,
    message: 'Step {step} failed: {reason} Nothing was compensated.',
    expected: 'Every step done, or allowed to fail by on_error: continue.',
    remedy: 'Correct the cause and run the workflow again; on_error: rollback compensates what is done.',
  },
  WORKFLOW_COMPENSATED: {
    ...submitter,
    message: 'Step {step} failed: {reason} What had been done was compensated: {undone}.',
    expected: 'Every step done.',
    remedy: 'Correct the cause and run the workflow again.',
  },
  WORKFLOW_HALF_COMPENSATED: {
    ...operator,
    message: 'Step {step} failed: {reason} Compensated: {undone}. Not compensated: {left}.',
    expected: 'Every compensation done.',
    remedy: 'Undo by hand what is named; the compensations are tasks, and `arbiter show` says why each failed.',
  },
  POLICY_INVALID: {
    ...operator,
    message: '{file} cannot be used: {detail}.',
    expected: '{expectation}.',
    remedy: '{hint}',
  },
  ISOLATION_UNAVAILABLE: {
    ...operator,
    message: 'No sandbox proves itself on this machine: {detail}.',
    expected: 'bubblewrap, or unprivileged user namespaces with util-linux.',
    remedy:
      'Install bubblewrap (apt-get install bubblewrap), allow user namespaces, or ask for `--isolation process` by name if you accept no isolation.',
  },
  ISOLATION_BROKEN: {
    ...operator,
    message: 'The sandbox {level} by {by} does not hold on this machine: {detail}. Nothing is dispatched.',
    expected: 'A sandbox that contains every escape probe.',
    remedy: '`arbiter doctor` shows every probe. Another level can be asked for by name: --isolation namespaces.',
  },
  LEDGER_UNUSABLE: {
    ...operator,
    message: 'The ledger {path} cannot be used: {detail}.',
    expected: 'A ledger that verifies.',
    remedy: 'arbiter ledger verify. Where a loss is known and accepted: arbiter ledger new-segment --reason TEXT.',
  },
  REDACTION_REFUSED: {
    ...operator,
    message: 'Entry {seq} cannot be redacted: {detail}.',
    expected: 'An entry of a task, or of the kernel, whose content is there.',
    remedy: 'arbiter ledger log lists the entries.',
  },
  BACKUP_REFUSED: {
    ...operator,
    message: 'No backup was made at {file}: {detail}.',
    expected: 'A ledger that verifies, and a name that nothing has yet.',
    remedy: 'arbiter ledger verify, or choose another name.',
  },
  PROOF_NOT_YET: {
    ...operator,
    message: 'Entry {seq} is not covered by a checkpoint yet.',
    expected: 'A checkpoint over at least {seq} entries; the kernel signs one every second.',
    remedy: 'Ask again in a second, or start a kernel once.',
  },
  EXPORT_REFUSED: {
    ...operator,
    message: 'Nothing was exported to {folder}: {detail}.',
    expected: 'A folder that is not there, or empty, and a ledger with a signed checkpoint.',
    remedy: 'Choose another folder; a ledger of an older kind is signed once a kernel starts.',
  },
  LEDGER_UNREADABLE: {
    ...operator,
    message: 'The ledger {path} may not be read: {detail}.',
    expected: 'A file that this user may read, in a folder where SQLite may put the index of its write-ahead log.',
    remedy: 'Run the command as a user who may, or on a copy made by arbiter ledger backup.',
  },
} as const satisfies Record<string, Fault>;

export type ErrorCode = keyof typeof catalogue;

type Placeholders<Text extends string> = Text extends `${string}{${infer Name}}${infer Rest}`
  ? (Name extends `"${string}` ? never : Name) | Placeholders<Rest>
  : never;
type Parameters<Code extends ErrorCode> = Record<
  Placeholders<
    (typeof catalogue)[Code]['message'] | (typeof catalogue)[Code]['expected'] | (typeof catalogue)[Code]['remedy']
  >,
  string | number
>;

/** A fault of the catalogue with its sentences filled in. */
export class ArbiterError extends Error {
  override readonly name = 'ArbiterError';
  readonly code: ErrorCode;
  readonly expected: string;
  readonly remedy: string;
  readonly actor: Actor;
  readonly retryable: boolean;

  constructor(code: ErrorCode, parameters: Record<string, string | number>) {
    const fault: Fault = catalogue[code];
    super(fill(fault.message, parameters).replace(/([.!?…])\.$/, '$1'));
    this.code = code;
    this.expected = fill(fault.expected, parameters).replace(/\.\.$/, '.');
    this.remedy = fill(fault.remedy, parameters).trim();
    this.actor = fault.actor;
    this.retryable = fault.retryable;
  }
}

/** Makes the error `code`; the parameters are the names in braces in its sentences. */
export function fault<Code extends ErrorCode>(code: Code, parameters: Parameters<Code>): ArbiterError {
  return new ArbiterError(code, parameters);
}

function fill(text: string, parameters: Record<string, string | number>): string {
  return text.replace(/\{([A-Za-z]+)\}/g, (_, name: string) => String(parameters[name] ?? `{${name}}`));
}

/** What an error says, as it travels between processes. */
export type ErrorRecord = Pick<ArbiterError, 'code' | 'message' | 'expected' | 'remedy'>;

/** An error of another process, as it was there. */
export function revive({ code, message, expected, remedy }: ErrorRecord): ArbiterError {
  return Object.assign(new ArbiterError(code, {}), { message, expected, remedy });
}

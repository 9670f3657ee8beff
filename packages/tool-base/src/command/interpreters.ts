/**
 * Programs whose arguments are a program, or name one to start. With one of these, a list of allowed flags allows everything,
 * so a tool must say that it is meant (`allowInterpreter`).
 */
const INTERPRETERS: ReadonlySet<string> = new Set(
  [
    // Shells
    'sh ash bash dash zsh ksh mksh csh tcsh fish rbash busybox toybox pwsh powershell cmd',
    // Languages
    'python pypy perl ruby irb node nodejs deno bun php lua luajit tclsh wish expect awk gawk mawk nawk osascript',
    'java rscript julia guile erl ghci groovy m4',
    // Editors and tools with commands of their own
    'sed ed ex vi vim nvim emacs find git tar rsync make cmake npx npm uvx pipx gdb lldb',
    // Launchers of other programs
    'env xargs parallel nohup setsid timeout nice ionice chrt taskset stdbuf time flock script watch strace ltrace',
    'systemd-run start-stop-daemon at batch crontab',
    // Other users, roots, containers and machines
    'sudo su doas pkexec runuser chroot unshare nsenter setpriv capsh bwrap firejail',
    'ssh socat nc ncat netcat docker podman nerdctl kubectl crictl',
  ].flatMap((line) => line.split(' ')),
);

const DYNAMIC_LINKER = /^ld(?:-linux|-musl)?[-\w]*\.so/;

/**
 * Whether a program is a shell, an interpreter or a launcher of other programs, by its name alone. Folders, upper case,
 * a version (`python3.12`) and `.exe` are ignored.
 * @param program a name or a path
 */
export function isInterpreter(program: string): boolean {
  const name = program
    .slice(program.lastIndexOf('/') + 1)
    .toLowerCase()
    .replace(/\.exe$/, '');
  return INTERPRETERS.has(name) || INTERPRETERS.has(name.replace(/[-.]?\d[\d.]*$/, '')) || DYNAMIC_LINKER.test(name);
}

/**
 * Programs that run whatever their arguments say: with one of these, a list of allowed flags allows everything.
 * Version suffixes (`python3.12`) and `.exe` are ignored. Symbolic links are followed by the tools' own check at load.
 */
const INTERPRETERS: ReadonlySet<string> = new Set(
  [
    'sh ash bash dash zsh ksh mksh csh tcsh fish rbash pwsh powershell cmd',
    'python pypy perl ruby irb node nodejs deno bun php lua luajit tclsh wish awk gawk mawk nawk expect osascript',
    'java rscript julia guile erl ghci groovy make npx npm uvx pipx gdb',
    'env busybox toybox xargs parallel nohup setsid timeout nice ionice stdbuf time taskset chrt flock script watch',
    'sudo su doas pkexec runuser chroot unshare nsenter setpriv capsh bwrap firejail strace ltrace',
    'ssh docker podman kubectl systemd-run start-stop-daemon at batch crontab',
  ].flatMap((line) => line.split(' ')),
);

/** True for a shell, an interpreter or a program that starts other programs. */
export function isInterpreter(command: string): boolean {
  const name = (command.split('/').at(-1) ?? '').toLowerCase().replace(/\.exe$/, '');
  return (
    INTERPRETERS.has(name) ||
    INTERPRETERS.has(name.replace(/[-.]?\d[\d.]*$/, '')) ||
    /^ld(?:-linux|-musl)?[-\w]*\.so/.test(name)
  );
}

/**
 * Flags of well-known programs that read or write a file, follow or redirect traffic, load code or configuration, or start a
 * program. Only listed flags are accepted; this is a warning for the author of the list.
 */

const RISKY: Readonly<Record<string, string>> = {
  ping: '-f -l -I -S -m -M -Q -T -B -F',
  traceroute: '-i -s -g -M -O --module --options --sport',
  dig: '-f -k -y -q -b +https +http-plain +tls-ca +tls-certfile +tls-keyfile +proxy',
  host: '-f -s',
  nslookup: '-port',
  whois: '-h --host',
  curl:
    '-o --output -O --remote-name --output-dir -T --upload-file -F --form --form-string -d --data --data-raw --data-binary --data-ascii ' +
    '--data-urlencode --json -K --config -x --proxy --preproxy --socks5 --socks5-hostname -L --location --location-trusted --next -: ' +
    '-b --cookie -c --cookie-jar -D --dump-header --trace --trace-ascii --stderr -w --write-out --cert -E --key --cacert --capath ' +
    '--engine --netrc --netrc-file -n --unix-socket --abstract-unix-socket --connect-to --resolve --interface -u --user --variable ' +
    '--etag-save --etag-compare --hsts --alt-svc -Z --parallel -X --request -H --header --libcurl --dns-servers --doh-url -e -A',
  wget:
    '-O --output-document -o --output-file -a --append-output -i --input-file -P --directory-prefix --config -e --execute --use-askpass ' +
    '--post-file --body-file --post-data --body-data --load-cookies --save-cookies --ca-certificate --certificate -r --recursive -m',
  nmap:
    '-oN -oX -oS -oG -oA -iL -iR --excludefile --script --script-args --script-args-file --script-updatedb --datadir --servicedb ' +
    '--versiondb --resume --stylesheet --proxies --proxy -sC -A -S -e -D -g --source-port --spoof-mac --ip-options --dns-servers -sI -b',
  git: '-c -C --exec-path --upload-pack --receive-pack --exec --config-env --git-dir --work-tree --output -o',
  tar: '-I --use-compress-program --to-command --checkpoint-action -x --extract -c --create -f --file -C --directory -F --rsh-command -T',
  find: '-exec -execdir -ok -okdir -delete -fprint -fprint0 -fprintf -fls -files0-from',
  ssh: '-F -o -E -i -J -L -R -D -W -S -l -I -O -w',
  openssl: '-engine -config -out -keyout -in -inkey -CAfile -CApath -cert -key -provider -writerand',
  rsync: '-e --rsh --rsync-path --files-from --log-file --password-file --config --daemon',
  tcpdump: '-w -W -r -z -F -Z -G',
  sed: '-i --in-place -f --file -e --expression',
  awk: '-f --file -i --include -l --load -e --source',
  sort: '-o --output --compress-program -T --files0-from',
  ip: '-b -batch -n -netns',
  journalctl: '-D --directory --file --root --image -M --machine',
  systemctl: '-H --host -M --machine --root',
  mtr: '-F --filename -a --address -I --interface',
};

/** Fixed arguments that keep a program from reading settings, following redirects or taking a target for an option. */
const EXPECTED: Readonly<Record<string, readonly { readonly args: readonly string[]; readonly why: string }[]>> = {
  curl: [
    { args: ['-q', '--disable'], why: 'as the first argument, so that no .curlrc is read' },
    { args: ['-g', '--globoff'], why: 'so that brackets and braces in a URL are not expanded' },
    { args: ['--proto'], why: 'with =http,https, so that no other protocol is spoken' },
    { args: ['--max-redirs'], why: 'with 0, so that no redirect leads to an unchecked target' },
    { args: ['--noproxy'], why: 'with *, so that no proxy is used' },
  ],
  dig: [{ args: ['-r'], why: 'so that no .digrc is read' }],
};

const TABLE: ReadonlyMap<string, ReadonlySet<string>> = new Map(
  Object.entries(RISKY).map(([program, flags]) => [program, new Set(flags.split(' '))]),
);

export function isRiskyFlag(program: string, flag: string): boolean {
  return TABLE.get(program)?.has(flag) ?? false;
}

/** Guarding arguments that a list of fixed arguments lacks. */
export function missingGuards(program: string, args: readonly string[]): readonly { args: string; why: string }[] {
  const rules = Object.hasOwn(EXPECTED, program) ? (EXPECTED[program] ?? []) : [];
  return rules
    .filter((rule) => !rule.args.some((arg) => args.includes(arg)))
    .map((rule) => ({ args: rule.args[0] ?? '', why: rule.why }));
}

/** What words people and tools use for the same things. General English of people who operate services; no API has words of its own here. */

/** Words that say nothing about a tool. */
export const STOP_WORDS: ReadonlySet<string> = setOf(
  'a an the of to in on for from by with and or is are be it its this that these those i me my we our you your how do does did can ' +
    'could should would need want please what which who when where why all any some one into at as has have had was were am been ' +
    'will so just if than then there here they them their he she his her us about out up off over not no',
);

/** Verbs that say only that something changes; what it is, another word says. Left out of a search. */
export const LIGHT_VERBS: ReadonlySet<string> = setOf(
  'put give let tell keep use help bring take happen thing something everything',
);

/** Words for the same action; each stands for the first of its group, in tools and in searches. */
export const ACTIONS: readonly string[] = [
  'list show display enumerate browse',
  'get fetch read retrieve view look lookup detail',
  'create add new make register open insert write post submit',
  'update change edit modify set adjust patch rename replace',
  'delete remove drop erase destroy wipe purge',
  'search find query locate',
  'cancel abort stop',
  'approve accept confirm',
  'reject decline deny refuse',
  'export download dump',
  'duplicate copy clone',
  'email mail',
  'pay paid',
];

/** Each finds the others too, behind the tools that have the word itself. */
export const RELATED: readonly string[] = [
  'ticket issue bug',
  'incident outage problem',
  'issue error crash exception failure',
  'restart reboot rerun',
  'restore recover undelete rollback undo revert',
  'repo repository',
  'user person people colleague employee somebody someone everyone staff',
  'member user person people participant',
  'customer client buyer',
  'remove kick revoke leave delete',
  'add invite attach append',
  'send deliver dispatch post publish',
  'oncall call schedule rotation shift',
  'mute silence snooze sleep suppress quiet downtime maintenance',
  'merge combine join',
  'comment note remark reply answer respond response annotation',
  'deploy deployment release rollout ship publish',
  'vm machine server instance host node',
  'site website page web',
  'container pod',
  'kubernetes k8s cluster',
  'disk volume storage',
  'database db',
  'cost bill billing invoice spend price usage charge fee',
  'money balance credit fund amount',
  'pay payment charge transaction',
  'refund reimburse repay',
  'coupon voucher discount promotion',
  'overdue late unpaid outstanding',
  'evidence proof',
  'seller merchant vendor supplier',
  'webhook hook callback notify notification',
  'speech voice audio sound spoken aloud',
  'transcribe transcript transcription caption subtitle',
  'translate translation localize language',
  'buy purchase order provision',
  'token key credential secret password',
  'login signin authentication session',
  'permission access role right grant policy capability',
  'admin administrator owner manager',
  'alert alarm monitor notification warning warn notify',
  'log output trace',
  'share collaborate collaboration invite',
  'trash bin recycle',
  'file document attachment',
  'picture image photo thumbnail preview screenshot avatar icon',
  'movie film video',
  'archive zip',
  'limit quota threshold restrict',
  'scale replica size resize',
  'resize grow shrink enlarge extend expand increase decrease reduce',
  'evict eviction drain',
  'status state health healthy presence online progress',
  'history past previous earlier before version log',
  'exec command run execute shell',
  'similar near nearest neighbor closest related recommend',
  'config configuration setting option preference',
  'group team',
  'channel conversation chat',
  'message chat text sms',
  'mail email',
  'phone number mobile',
  'organization org company account',
  'subscribe follow watch',
  'favorite star like bookmark',
  'reaction emoji',
  'dns domain record',
  'port rule firewall',
  'backend target upstream origin member',
  'network ip address',
  'certificate cert tls ssl https',
  'encrypt cipher',
  'run start trigger launch invoke dispatch',
  'stop end finish complete close terminate',
  'enable activate allow',
  'disable deactivate suspend pause freeze',
  'lock block ban freeze',
  'job workflow build pipeline ci task',
  'task todo',
  'assign assignee responsible',
  'attach assign link associate connect',
  'override swap replace',
  'shutdown stop halt poweroff',
  'boot start poweron startup',
  'move transfer migrate relocate',
  'vulnerability vulnerable cve advisory',
  'meeting call conference',
  'recording recorded',
  'participant attendee attend',
  'holiday vacation absence leave',
  'calendar event appointment',
  'remind reminder',
  'escalate page',
  'retry resend redeliver again',
  'count number total statistics',
  'metric measurement chart graph',
  'report summary statistics analytics',
  'extend renew refresh',
  'expire expiry expiration',
  'rule filter condition',
  'tag label category',
  'country region location place',
  'test check validate verify try',
];

/** What is said in several words. */
export const PHRASES: readonly (readonly [said: RegExp, words: string])[] = [
  [/\b(?:set|spin|bring|stand)(?:ting|ning|ing)? up\b/gi, 'create'],
  [/\b(?:get|getting) rid of\b/gi, 'delete'],
  [/\b(?:take|taking|throw|throwing) (\S+(?: \S+){0,2}) (?:away|off)\b/gi, 'delete $1'],
  [/\b(?:bring|put|get)(?:ting|ing)? back\b/gi, 'restore'],
  [/\b(?:turn|turning) down\b/gi, 'reject'],
  [/\b(?:turn|switch)(?:ed|ing)? (\S+(?: \S+){0,2} )?on\b/gi, 'enable $1'],
  [
    /\b(?:turn|switch)(?:ed|ing)? (\S+(?: \S+){0,2} )?off\b|\btak(?:e|ing) (\S+(?: \S+){0,2} )?(?:offline|down)\b/gi,
    'disable $1',
  ],
  [/\b(?:throw|kick|lock)(?:ed|ing)? (\S+(?: \S+){0,2} )?out\b/gi, 'remove $1'],
  [/\b(?:go|going|roll|rolling|change|switch) back\b/gi, 'rollback'],
  [/\b(?:tick|check)(?:ed|ing)? off\b/gi, 'complete'],
  [/\bhang(?:ing)? up\b/gi, 'end'],
  [/\bhand(?:ing)? over\b/gi, 'transfer'],
  [/\b(?:find|found|finding) out\b/gi, 'get'],
  [/\bsign(?:ed|ing)? up\b/gi, 'register'],
  [/\bdo not (?:disturb|bother)\b/gi, 'snooze'],
  [/\blook(?:ing)? for\b/gi, 'search'],
  [/\bkick(?:ing)? off\b/gi, 'start'],
  [/\bto-?dos?\b/gi, 'task'],
  [/\bhow (?:much|many)\b/gi, 'how count usage'],
  [/\bmoney back\b/gi, 'refund'],
  [/\b(?:get|gets|getting|be|being|is|are) told\b/gi, 'notify'],
  [/\bpower(?:ed|ing)? (?:down|off)\b/gi, 'poweroff power off'],
  [/\bpower(?:ed|ing)? (?:up|on)\b/gi, 'poweron power on'],
  [/\bprs?\b/gi, 'pull request'],
  [/\b(?:log|sign)(?:ged|ging|ed|ing)?[- ](?:in|ins|into|on)\b/gi, 'login'],
  [/\b(?:log|sign)(?:ged|ging|ed|ing)?[- ](?:out|off)\b/gi, 'logout'],
];

/** Of a search: whether it wants to know, to change or to delete something. */
export type Intent = 'read' | 'write' | 'delete';

/** A search that begins so wants to know something. */
export const ASKING: RegExp = /^\s*(?:who|which|what|when|where|why|how|is|are|does|did|has|have)\b/i;

export const INTENTS: Readonly<Record<Intent, string>> = {
  read: 'list get search export',
  write:
    'create update cancel approve enable disable start restart reboot resize restore merge publish upload invite assign attach close ' +
    'lock unlock block move transfer retry rerun mute silence give put make mark tell share rotate reset schedule trigger deploy ' +
    'add grow shrink pay answer reply boot shutdown poweroff poweron force skip pause resume promote drain take order replace set',
  delete: 'delete detach kick empty flush revoke',
};

function setOf(words: string): ReadonlySet<string> {
  return new Set(words.split(' '));
}

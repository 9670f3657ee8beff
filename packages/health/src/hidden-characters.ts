/**
 * One character that controls a display, ends a line, changes the direction of text or is drawn as nothing. Joiners inside words
 * and emoji, and one selector of a form, are none. The same as in @mcp/tool-base, which in text for models admits
 * fewer joiners; a test compares them.
 */
export const HIDDEN: RegExp =
  /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{DI}\p{NChar}\ufff9-\ufffb\u{13430}-\u{1343f}](?<!(?<=[\p{Lo}\p{M}\p{ExtPict}\p{EMod}\ufe0f])[\u200c\u200d](?=[\p{Lo}\p{M}\p{ExtPict}])|\p{Emoji}[\ufe0e\ufe0f]|[\p{Sm}\p{Lo}][\ufe00-\ufe0d])/gu;

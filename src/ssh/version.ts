/** OpenSSH's version as [major, minor]; [0, 0] where `ssh -V` said something else. */
export type SshVersion = readonly [number, number]

export function parseSshVersion(banner: string): SshVersion {
  const match = /OpenSSH_(?:for_Windows_)?(\d+)\.(\d+)/.exec(banner)
  return match ? [Number(match[1]), Number(match[2])] : [0, 0]
}

export const atLeast = (version: SshVersion, major: number, minor: number): boolean =>
  version[0] > major || (version[0] === major && version[1] >= minor)

// Which feed and key this build has. In a clone, and in builds of others, there is none.
import * as v from 'valibot';

export interface Feed {
  /** Ends with a slash. */
  readonly url: string;
  /** PEM of an Ed25519 key. */
  readonly publicKey: string;
  /** `latest-linux.yml` and the like. */
  readonly manifest: string;
}

const shape = v.object({
  feed: v.nullable(v.pipe(v.string(), v.url(), v.startsWith('https://'))),
  publicKey: v.nullable(v.pipe(v.string(), v.startsWith('-----BEGIN PUBLIC KEY-----'))),
});

export interface BuildFacts {
  readonly isPackaged: boolean;
  readonly platform: NodeJS.Platform;
  /** Set by the runtime of an AppImage: the only form on Linux that can replace itself. */
  readonly appImage: string | undefined;
  /** Content of the resource `update.json`; null: there is none. */
  readonly config: string | null;
}

const MANIFESTS: Partial<Readonly<Record<NodeJS.Platform, string>>> = {
  linux: 'latest-linux.yml',
  darwin: 'latest-mac.yml',
  win32: 'latest.yml',
};

/** The feed of this build, or why it asks nobody. A feed without a key counts as none: signatures are required. */
export function feedOf({ isPackaged, platform, appImage, config }: BuildFacts): Feed | { readonly reason: string } {
  const manifest = MANIFESTS[platform];
  if (!isPackaged) return { reason: 'This is a clone of the source: git pull brings it up to date.' };
  if (manifest === undefined || (platform === 'linux' && !appImage))
    return { reason: 'Tracewell is installed as a package here: a newer one is installed the same way.' };
  let raw: unknown = null;
  try {
    raw = config === null ? null : JSON.parse(config);
  } catch {
    // Told below.
  }
  const checked = v.safeParse(shape, raw);
  if (!checked.success || checked.output.feed === null || checked.output.publicKey === null)
    return { reason: 'This build has no signed update feed: a newer version is a new download.' };
  const { feed, publicKey } = checked.output;
  return { url: feed.endsWith('/') ? feed : `${feed}/`, publicKey, manifest };
}

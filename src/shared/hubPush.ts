/** What pushing a model to the Hugging Face Hub is: where it goes, how a repository may be named, what is told on the way. */

/** The only address that a token is ever sent to. */
export const hubOrigin = 'https://huggingface.co';

/** Where the Hub has large files put, by addresses that it signs: the page's policy lets them go to these hosts and no others. */
export const uploadOrigins = ['https://hf-hub-lfs-us-east-1.s3-accelerate.amazonaws.com'];

export interface PushRequest {
  /** An access token of the Hub that may write. */
  token: string;
  /** "name", of the token's owner, or "owner/name". */
  repository: string;
  private: boolean;
  /** Summary of the commit. */
  summary: string;
}

/** How far pushing is; `total` counts all files, `sent` those that were there already as well. */
export interface PushProgress {
  message: string;
  sent: number;
  total: number;
  /** Null until it can be told. */
  bytesPerSecond: number | null;
  secondsLeft: number | null;
}

export interface PushResult {
  /** "owner/name". */
  id: string;
  address: string;
  private: boolean;
  /** The commit that was made. */
  commit: string;
  bytes: number;
  /** Of them, those that the Hub had already. */
  alreadyThere: number;
}

export interface HubPushApi {
  /** Once, before anything else: the files by their paths. */
  open(files: Map<string, Blob>): Promise<void>;
  /**
   * Pushes them as one commit. Said again after a failure, it goes on: what has arrived is not sent again.
   * @throws RungError `access-denied`, `name-missing`, `offline`, `not-found`, `aborted`, `busy`
   */
  push(request: PushRequest, onProgress: (progress: PushProgress) => void): Promise<PushResult>;
  stop(): Promise<void>;
}

/** A worker of its own: the token is never where models are trained, and goes with it. */
export interface HubPushWorker extends HubPushApi {
  end(): void;
}

/** Why a repository cannot be called so; null when it can. The Hub's rules, so that it is said before anything is sent. */
export function repositoryProblem(typed: string): string | null {
  const parts = typed.trim().split('/');
  const name = parts.at(-1) ?? '';
  if (name === '') return 'Give the repository a name.';
  if (parts.length > 2 || parts.includes('')) return 'Write “name” or “organisation/name”.';
  for (const part of parts) {
    if (part.length > 96) return 'A name has at most 96 characters.';
    const wrong = /[^A-Za-z0-9._-]/u.exec(part);
    if (wrong) return `Letters a to z, digits, “-”, “_” and “.” only: not “${wrong[0] === ' ' ? 'space' : wrong[0]}”.`;
    if (/^[.-]|[.-]$/.test(part)) return 'A name begins and ends with neither “-” nor “.”.';
    if (/--|\.\./.test(part)) return 'No “--” and no “..”.';
  }
  return /\.(git|ipynb)$/.test(name) ? 'A name does not end in “.git” or “.ipynb”.' : null;
}

/** A name that the Hub takes, from that of a run: "VP model, 2nd try" -> "vp-model-2nd-try". */
export function repositoryNameOf(runName: string): string {
  const plain = runName
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9._]+/g, '-')
    .replace(/\.{2,}/g, '.')
    .replace(/-{2,}/g, '-')
    .slice(0, 60)
    .replace(/^[.-]+|[.-]+$/g, '');
  return plain === '' || repositoryProblem(plain) !== null ? 'job-title-classifier' : plain;
}

import type { Clock } from '../domain/clock.js';
import {
  claimUsageMail,
  settleUsageMail,
  type UsageMail,
} from '../storage/statements/usage-mails.system.js';
import type { SystemDoor } from '../storage/system-door.system.js';
import type { Mail, Mailer } from './mailer.js';

/** What mailing warnings needs. */
export interface UsageMailOptions {
  readonly system: SystemDoor;
  readonly mailer: Mailer;
  readonly clock: Clock;
  /** Where more is to be had. */
  readonly upgradeUrl: string;
  /** Told of a mail that was not taken; it is tried again. */
  readonly onError: (error: unknown) => void;
}

/** Mails warnings beside the requests. Any number of nodes may. */
export interface UsageMails {
  /** Mails what is due, one after the other; ends early when a mail is not taken, or once `stop` was called. */
  round(): Promise<void>;
  stop(): void;
}

/**
 * What was recorded with the warning is mailed from there, so that neither a mail server that is away nor a node that
 * falls loses any. A node that falls between the mail server's word and our note of it has the mail sent twice.
 */
export function createUsageMails(options: UsageMailOptions): UsageMails {
  let isStopping = false;
  return {
    async round() {
      while (!isStopping) if (!(await mailOne(options))) return;
    },
    stop: () => {
      isStopping = true;
    },
  };
}

/** Whether another may be tried at once. */
async function mailOne({
  system,
  mailer,
  clock,
  upgradeUrl,
  onError,
}: UsageMailOptions): Promise<boolean> {
  const due = await system.asSystem((tx) => claimUsageMail(tx, new Date(clock.nowMs())));
  if (due === undefined) return false;
  try {
    await mailer.send(mailOf(due, upgradeUrl));
  } catch (error) {
    onError(error);
    return false;
  }
  await system.asSystem((tx) => settleUsageMail(tx, due));
  return true;
}

const names = {
  memories: { en: 'memories', ko: '기억' },
  agents: { en: 'agents', ko: '에이전트' },
  api_keys: { en: 'API keys', ko: 'API 키' },
} as const;

function mailOf({ email, resource, percent, limit }: UsageMail, upgradeUrl: string): Mail {
  const { en, ko } = names[resource];
  const count = limit.toLocaleString('en-US');
  return {
    to: email,
    subject: `${percent} % of your ${en} are in use – Stellar Memory`,
    text: `${percent} % of the ${count} ${en} of your tier are in use.

At 100 % nothing new is taken; what you have stays, and can be recalled, changed and forgotten as before. Forget what you no longer need, or have more:

${upgradeUrl}

요금제의 ${ko} ${count}개 중 ${percent}%를 쓰고 있습니다. 100%가 되면 새로 저장할 수 없지만, 저장된 기억은 그대로 남아 계속 쓸 수 있습니다. 필요 없는 것을 지우거나, 위 주소에서 요금제를 올릴 수 있습니다.
`,
  };
}

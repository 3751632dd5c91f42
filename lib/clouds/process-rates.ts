import type { CloudReference } from '../batch/contract/cloud-reference';
import type { Clock } from '../batch/ports/clock';
import { RateLimits } from './http/rate-limits';

/** What one process may ask of each cloud: whatever it connects to there counts together (I10). */
export class ProcessRates {
  private readonly limits: Record<'aliyun' | 'tencent', RateLimits>;

  /** `share`: how many batches use the account side by side, at least 1. */
  constructor(clock: Clock, share: number) {
    this.limits = { aliyun: new RateLimits(clock, share), tencent: new RateLimits(clock, share) };
  }

  of({ aliyun }: CloudReference): RateLimits {
    return aliyun ? this.limits.aliyun : this.limits.tencent;
  }
}

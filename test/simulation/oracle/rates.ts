import type { SimulatedWorld } from '../world/world';
import type { Report } from './report';

/** I10: no process makes more calls of a kind within a second than are documented. */
export class Rates {
  private seen = 0;
  private readonly recent = new Map<string, number[]>();

  constructor(
    private readonly world: SimulatedWorld,
    private readonly report: Report,
  ) {}

  check(): void {
    const { all } = this.world.calls;
    for (; this.seen < all.length; this.seen++) {
      const call = all[this.seen];
      if (!call) return;
      const key = `${call.process} ${call.at.reference.tencent?.apiVersion} ${call.operation}`;
      const times = (this.recent.get(key) ?? []).filter((time) => time > call.sentAt - 1_000);
      times.push(call.sentAt);
      this.recent.set(key, times);
      const most = call.at.api.rateOf(call.operation);
      if (times.length > most)
        this.report.violated('I10', `${times.length} calls of ${call.operation} within a second`);
    }
  }
}

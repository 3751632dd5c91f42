import type { OnExistingOption } from '../batch/contract/options';
import { copyOf } from './copy-of';

/** What happens where devices of a batch's names exist already and belong to no batch of the stack. */
export class OnExisting {
  /** The deployment fails before it creates anything, and lists them. */
  public static fail(): OnExisting {
    return new OnExisting('fail');
  }

  /**
   * They join the batch. The batch lists them, and stores their secrets with the others; it never deletes them: when they
   * leave it they are released.
   */
  public static adopt(): OnExisting {
    return new OnExisting('adopt');
  }

  /** As `adopt`, for these names only, which must be among the batch's: others that exist make the deployment fail. */
  public static adoptOnly(names: string[]): OnExisting {
    return new OnExisting({ adopt: copyOf(names) });
  }

  /** @internal */
  public readonly _option: OnExistingOption;

  private constructor(option: OnExistingOption) {
    this._option = option;
  }
}

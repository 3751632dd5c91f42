/**
 * What a cloud documents about itself, as plain data: the construct validates with it at synth, the engine plans with it.
 * Every figure names its source where a cloud fills it in.
 */
export interface CloudLimits {
  /** For messages: "Alibaba Cloud IoT Platform". */
  title: string;
  /** A whole device name, anchored at both ends. */
  namePattern: RegExp;
  /** The same rule in words, for error texts. */
  nameRule: string;
  /** The most names that one job takes. */
  namesPerJob: number;
  /** The most devices that one job takes whose names the cloud invents, or undefined where it does not do that. */
  assignedPerJob?: number;
  /** The most devices of one batch, where something other than the rate of deletion bounds it. */
  mostDevices?: number;
  /** Whether the cloud can tell that a device has ever connected. */
  knowsActivation: boolean;
  /** Regions that offer the service, or undefined where any text goes. */
  regions?: readonly string[];
  /** Documented requests a second, account-wide, and what one request carries, for the steps that take time. */
  throughput: {
    /** Devices a second that can be looked up by name. */
    lookUp: number;
    /** Devices a second whose identities can be read from finished jobs. */
    collect: number;
    /** Devices a second that can be deleted. */
    delete: number;
  };
}

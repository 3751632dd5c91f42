/**
 * What the CDK's provider framework sends and takes (aws-cdk-lib, custom-resources/README.md, "Provider Framework"): the
 * members of CloudFormation's event that we rely on, and ours that travel from `onEvent` to `isComplete`.
 */
export interface CustomResourceEvent {
  RequestType: 'Create' | 'Update' | 'Delete';
  /** The same for every delivery of one event. */
  RequestId: string;
  /** What the template calls the type of the resource: one provider serves all of ours. */
  ResourceType?: string;
  StackId: string;
  LogicalResourceId: string;
  /** Absent on Create, until `onEvent` has returned one. */
  PhysicalResourceId?: string;
  /** Every scalar in it is a string. */
  ResourceProperties?: unknown;
  /** On Update only. */
  OldResourceProperties?: unknown;
}

/**
 * The answer of `onEvent`. It has a `PhysicalResourceId` on Create only, and no `Data`, which would come on top of what
 * `isComplete` returns. Other members are handed to `isComplete` and go nowhere else.
 */
export interface OnEventAnswer {
  PhysicalResourceId?: string;
  Accepted?: Acceptance;
  /** The line to fail with: a Create that may have been recorded, but whose id never became known. */
  Refused?: string;
}

/** When a request was accepted and until when it has to be over (milliseconds since 1970). */
export interface Acceptance {
  at: number;
  deadline: number;
}

export type IsCompleteEvent = CustomResourceEvent & OnEventAnswer;

/**
 * The answer of `isComplete`; `Data` and the id only with the end of a Create or Update.
 *
 * The framework takes an id from here as well (aws-cdk-lib, provider-framework/runtime/framework.js, `isComplete`: what it
 * returns is spread over the event), which its types do not say. An Update's new id must come this way: if CloudFormation
 * heard it with a failure, it would go by it from then on, and delete the stack with the id of something that never stood.
 */
export type IsCompleteAnswer =
  { IsComplete: false } | { IsComplete: true; PhysicalResourceId?: string; Data?: Record<string, string | number> };

/** The part of Lambda's context that we rely on. */
export interface Invocation {
  getRemainingTimeInMillis(): number;
}

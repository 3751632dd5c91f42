import { CustomResource, Duration, Lazy, type RemovalPolicy, Stack, Token } from 'aws-cdk-lib';
import type { Grant, IGrantable } from 'aws-cdk-lib/aws-iam';
import { Construct, type IConstruct } from 'constructs';
import { validateActivation } from '../batch/contract/activation-option';
import { attributes, storePrefixes } from '../batch/contract/attributes';
import { cloudKey } from '../batch/contract/cloud-reference';
import {
  countNames,
  type DeviceSelection,
  expandNames,
  namesKnown,
  validateSelection,
} from '../batch/contract/device-names';
import { validateDeviceSecrets } from '../batch/contract/device-secrets';
import { validateOnExisting } from '../batch/contract/existing-devices';
import type { CloudLimits } from '../batch/contract/limits';
import { type BatchOptions, OPTIONS_VERSION } from '../batch/contract/options';
import { quote } from '../batch/contract/quote';
import { defaultTimeoutSeconds, validateTimeout } from '../batch/contract/time-budget';
import { limitsOf } from '../clouds/limits';
import { RESOURCE_TYPE } from './batches-of-stack';
import { DeviceBatchProvider } from './device-batch-provider';
import type { DeviceCloud } from './device-cloud';
import { DeviceCredentials } from './device-credentials';
import { credentialsOption, deviceSecretName, grantReadDeviceSecrets } from './device-secrets';
import type { Devices } from './devices';
import { jobList } from './job-list';
import { nameList } from './name-list';
import { namesAsset } from './names-asset';
import { namesInResponse } from './names-in-response';
import { OnExisting } from './on-existing';
import { OnPartialFailure } from './on-partial-failure';
import { tooLarge } from './properties-size';
import { notKnownAtSynth, refuseTokens, refuseTokensInDevices, refuseTokensInNames } from './refuse-tokens';
import { refuseWrongTypes } from './refuse-wrong-types';
import { removalOption } from './removal-option';
import { secretId } from './secret-access';
import { brokenStackRules } from './stack-rules';
import { checkAt, SynthesisError } from './synthesis-error';
import { validateCloud } from './validate-cloud';

/** A set of devices of one product. */
export interface DeviceBatchProps {
  /** The product that the devices belong to, and the keys to get there. */
  readonly cloud: DeviceCloud;

  /**
   * Which devices. A changed set creates what is new before anything else of the stack changes, and deletes what has
   * left the set after everything else has succeeded.
   */
  readonly devices: Devices;

  /**
   * What happens where devices of these names exist already and belong to no batch of the stack. It counts when the names
   * join the batch: changing it for names that the batch has does nothing.
   * @default OnExisting.fail()
   */
  readonly onExisting?: OnExisting;

  /**
   * Whether a device that has ever connected may be deleted when it leaves the batch or the stack. A device that is
   * deleted is locked out for good; without this, the deployment fails before it deletes or creates anything.
   * @default false
   */
  readonly deleteActivated?: boolean;

  /**
   * What happens to the devices that an update created before it failed.
   * @default OnPartialFailure.ROLL_BACK
   */
  readonly onPartialFailure?: OnPartialFailure;

  /**
   * What happens to devices that leave the batch, or the stack with it. `DESTROY`: they are deleted. `RETAIN`: they are
   * released, that is, they stay at the cloud, the bucket with records, manifest and credentials stays as well (or the secrets in
   * Secrets Manager do), and batches of
   * the stack may list them again, as adopted ones. A change that fails deletes what it created in any case.
   * (`RETAIN_ON_UPDATE_OR_DELETE` means the same.)
   * @default RemovalPolicy.DESTROY
   */
  readonly removalPolicy?: RemovalPolicy;

  /**
   * How long one operation may take in all, at most 55 minutes. It must suffice to look every device up and to read its
   * identity; what is left when it ends is rolled back.
   * @default - a quarter of an hour, more for large batches
   */
  readonly timeout?: Duration;

  /**
   * What happens to the secrets of the devices.
   * @default DeviceCredentials.store()
   */
  readonly deviceCredentials?: DeviceCredentials;

  /**
   * What does the work. It must be of the same stack, and cannot be changed once the batch is deployed.
   * @default - one that all batches of the stack share
   */
  readonly provider?: DeviceBatchProvider;
}

/**
 * Devices of one product on an IoT cloud, owned by the stack: the deployment succeeds when every one of them exists,
 * and fails, taking back what it created, when one does not.
 *
 * Every mistake that can be seen without the cloud is an error at synth.
 */
export class DeviceBatch extends Construct {
  /**
   * The names, in the order asked for: a list token that waits for the devices. Use it with `Fn.join`, `Fn.select`, or
   * wherever a list is taken. Using it is an error at synth if the names take more than 100,000 B; the manifest has
   * them all.
   */
  public get deviceNames(): string[] {
    this.namesUsed = true;
    return this.names;
  }

  /** How many devices the batch has: a number token (`Token.asString` makes text of it). */
  public readonly deviceCount: number;

  /** The batch's id, which stays the same for as long as the batch exists. */
  public readonly batchId: string;

  /**
   * The ids of the cloud's jobs (Alibaba: applications) that created the devices: a list token. Using it is an error at
   * synth if they cannot fit into the response to CloudFormation; the manifest has them all.
   */
  public readonly jobIds: string[];

  /**
   * The bucket of the manifest: a JSON document with the name and the cloud's id of every device, always complete and
   * without secrets.
   */
  public readonly manifestBucket: string;

  /** The key of the manifest in its bucket. */
  public readonly manifestKey: string;

  /** What does the work. */
  public readonly provider: DeviceBatchProvider;

  private readonly props: DeviceBatchProps;
  private readonly credentials: DeviceCredentials;
  /** Known at deployment: CloudFormation's physical id. */
  private readonly generationId: string;
  private readonly names: string[];
  private namesUsed = false;

  constructor(scope: Construct, id: string, props: DeviceBatchProps) {
    super(scope, id);
    refuseWrongTypes(this, props);
    this.props = props;
    this.credentials = props.deviceCredentials ?? DeviceCredentials.store();
    const { _reference: reference, _credentials: secret } = props.cloud;
    const limits = limitsOf(reference);
    const selection = checkAt(this, () => props.devices._selection);

    validateCloud(this, reference, limits);
    refuseTokensInDevices(this, selection);
    const onExisting = (props.onExisting ?? OnExisting.fail())._option;
    if (typeof onExisting === 'object') refuseTokensInNames(this, onExisting.adopt);
    checkAt(this, () => {
      props.devices._validateFile(limits);
      validateSelection(selection, limits);
      validateOnExisting(onExisting, selection);
      validateDeviceSecrets(this.credentials._place, countNames(selection));
    });
    const removalPolicy = removalOption(this, props.removalPolicy);
    const deleteActivated = props.deleteActivated ?? false;
    checkAt(this, () => validateActivation(limits, selection, { deleteActivated, removalPolicy }));
    const timeoutSeconds = this.timeoutSeconds(limits);
    this.provider = this.providerOfStack();
    if (removalPolicy === 'retain') this.provider._retainStore();

    const { devices, grants } = this.onTheWay(selection);
    const properties = {
      version: OPTIONS_VERSION,
      cloud: reference,
      devices,
      onExisting,
      deleteActivated,
      onPartialFailure: props.onPartialFailure ?? OnPartialFailure.ROLL_BACK,
      removalPolicy,
      deviceCredentials: credentialsOption(this, this.credentials),
      timeoutSeconds,
      // Only at synth is it known whether anything uses them.
      ...(!namesKnown(selection) && { namesInResponse: Lazy.any({ produce: () => this.namesUsed }) as never }),
      secretArn: secretId(this, secret),
    } satisfies BatchOptions;
    // Not before synth: until then a lazy value of the user's may still change, and would be fixed by looking at it.
    this.node.addValidation({ validate: () => tooLarge(Stack.of(this).resolve(properties)) });
    this.node.addValidation({ validate: () => this.brokenStackRules() });

    const resource = new CustomResource(this, 'Resource', {
      resourceType: RESOURCE_TYPE,
      serviceToken: this.provider._serviceToken,
      // Without one CloudFormation waits an hour for a handler that never answers.
      serviceTimeout: Duration.seconds(timeoutSeconds + ANSWER_SECONDS),
      properties,
    });
    // Also the order of deletion: the batch goes first, while it can still read its keys and its records.
    const secretGrants = [this.provider._grantSecret(secret), ...this.provider._grantDeviceSecrets(this.credentials)];
    resource.node.addDependency(...secretGrants, ...grants, this.provider._foundation);

    const count = countNames(selection);
    this.names = namesKnown(selection)
      ? nameList(this, selection, resource.getAttString(attributes.ready))
      : namesInResponse(this, count, resource.getAttString(attributes.deviceNames));
    this.deviceCount = Token.asNumber(resource.getAtt(attributes.deviceCount));
    this.batchId = resource.getAttString(attributes.batchId);
    this.jobIds = jobList(this, Math.ceil(count / limits.namesPerJob), resource.getAttString(attributes.jobIds));
    this.manifestBucket = resource.getAttString(attributes.manifestBucket);
    this.manifestKey = resource.getAttString(attributes.manifestKey);
    this.generationId = resource.ref;
  }

  /**
   * Lets the grantee read this batch's manifest, and list what lies beside it: `manifests/<batchId>/` of
   * `manifestBucket`, nothing else.
   */
  public grantReadManifest(grantee: IGrantable): Grant {
    return this.provider._grantRead(grantee, `${storePrefixes.manifests}${this.batchId}/`);
  }

  /**
   * Lets the grantee read the secrets of this batch's devices and nothing else: `credentials/<batchId>/` of
   * `manifestBucket`, which it may list as well, or the batch's secrets in AWS Secrets Manager, with the key that they were given.
   *
   * Fails at synth if the batch stores none.
   */
  public grantReadCredentials(grantee: IGrantable): Grant {
    const { _place: place, _encryptionKey: key } = this.credentials;
    if (place === 'secretsManager') return grantReadDeviceSecrets(this, grantee, this.batchId, key);
    if (place === 'none') {
      throw new SynthesisError(
        this,
        'NoCredentialsStored',
        'there are no credentials to read, as deviceCredentials is none: set it to DeviceCredentials.store()',
      );
    }
    return this.provider._grantRead(grantee, `${storePrefixes.credentials}${this.batchId}/`);
  }

  /**
   * The name of a device's secret in AWS Secrets Manager, where `deviceCredentials` keeps it there. It is another one after each
   * change of the batch's devices; whatever uses it waits for the secret. Use it in this stack: CloudFormation refuses to change what
   * other stacks import. The secret is a JSON object: `name`, `id`, and the vendor's own
   * members, such as `DeviceSecret`.
   *
   * Fails at synth if no secrets are kept there, or if the batch is known to have no such device.
   *
   * @param deviceName one of the batch's names: no token.
   */
  public deviceSecretName(deviceName: string): string {
    if (this.credentials._place !== 'secretsManager') {
      throw new SynthesisError(
        this,
        'NoCredentialsStored',
        'its devices have no secrets in AWS Secrets Manager: set deviceCredentials to DeviceCredentials.secretsManager()',
      );
    }
    refuseTokens(this, { deviceName });
    this.mustBeAsked(deviceName);
    return deviceSecretName(this, this.batchId, this.generationId, deviceName);
  }

  private mustBeAsked(deviceName: string): void {
    const selection = this.props.devices._selection;
    if (!namesKnown(selection) || expandNames(selection).includes(deviceName)) return;
    throw new SynthesisError(this, 'InvalidDevices', `${quote([deviceName])} is none of the batch's devices`);
  }

  /** The devices as they travel, and what lets the handler get at them. */
  private onTheWay(selection: DeviceSelection): { devices: DeviceSelection; grants: IConstruct[] } {
    if (!('named' in selection) || !this.props.devices._travelsAsAsset) return { devices: selection, grants: [] };
    const { file, asset } = namesAsset(this, 'Names', selection.named);
    return { devices: { file }, grants: [this.provider._grantNames(asset)] };
  }

  private timeoutSeconds(limits: CloudLimits): number {
    const count = countNames(this.props.devices._selection);
    const { timeout } = this.props;
    if (timeout?.isUnresolved()) throw notKnownAtSynth(this, 'timeout');
    const seconds = timeout?.toSeconds({ integral: false }) ?? defaultTimeoutSeconds(limits, count);
    checkAt(this, () => validateTimeout(limits, count, seconds));
    return Math.floor(seconds);
  }

  private providerOfStack(): DeviceBatchProvider {
    const provider = this.props.provider ?? DeviceBatchProvider._of(this);
    if (Stack.of(provider) === Stack.of(this)) return provider;
    throw new SynthesisError(
      this,
      'ProviderOfAnotherStack',
      `the provider ${provider.node.path} is of another stack and would be deleted apart from its batches: ` +
        'make one in this stack, or leave provider out',
    );
  }

  /** Told once for the whole stack, by its first batch. */
  private brokenStackRules(): string[] {
    const stack = Stack.of(this);
    const batches = batchesOf(stack);
    if (batches[0] !== this) return [];
    return brokenStackRules(
      batches.map(({ node, props }) => ({
        path: node.path,
        // Tokens that resolve to the same expression are the same product.
        product: JSON.stringify(stack.resolve(cloudKey(props.cloud._reference))),
        devices: props.devices._selection,
        limits: limitsOf(props.cloud._reference),
      })),
    );
  }
}

/** What CloudFormation waits longer than an operation may take, so that the reason of a failure arrives. */
const ANSWER_SECONDS = 5 * 60;

/** All batches of a stack, in the order of the tree; those of its nested stacks are not among them. */
function batchesOf(stack: Stack): DeviceBatch[] {
  return stack.node
    .findAll()
    .filter((construct): construct is DeviceBatch => construct instanceof DeviceBatch && Stack.of(construct) === stack);
}

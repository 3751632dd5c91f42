import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, type CfnResource, Duration, Stack, Token } from 'aws-cdk-lib';
import { type ISecret, Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import * as fc from 'fast-check';
import {
  DeviceBatch,
  type DeviceBatchProps,
  DeviceBatchProvider,
  DeviceCloud,
  DeviceCredentials,
  Devices,
  OnExisting,
} from '../../../lib';
import { parseOptions } from '../../../lib/batch/contract';
import { CANARY, misplacedSecret, mostly, mutateValue, mutation, strange } from '../mutation';
import { refuseSecrets } from '../secrets';
import { target } from '../target';

/** What a program calls, and what it gives. */
interface Program {
  cloud: 'aliyun' | 'tencent';
  devices: 'named' | 'sequence' | 'generated' | 'assignedByCloud' | 'fromJob';
  deviceCredentials?: 'store' | 'none' | 'secretsManager';
  given: Given;
}

interface Given {
  cloud: Record<string, unknown>;
  devices: unknown;
  onExisting?: string[];
  timeout?: unknown;
  rest?: Record<string, unknown>;
}

const aliyun = { region: 'cn-shanghai', productKey: 'a1BwAGV0001' };

const programs = fc.constantFrom<Program>(
  {
    ...{ cloud: 'aliyun', devices: 'sequence', deviceCredentials: 'none' },
    given: {
      cloud: { ...aliyun, instanceId: 'iot-060a02fl', signature: 'HMAC-SHA1' },
      devices: { prefix: 'light-', count: 3, start: 1, pad: 3 },
      ...{ onExisting: ['light-001'], timeout: 1800 },
      rest: { deleteActivated: true, onPartialFailure: 'keep', removalPolicy: 'retain' },
    },
  },
  {
    ...{ cloud: 'tencent', devices: 'named', deviceCredentials: 'secretsManager' },
    given: {
      cloud: { productId: 'ABCDE12345', region: 'ap-guangzhou', endpoint: 'http://127.0.0.1:1' },
      devices: ['a', 'b:c', 'd_e'],
    },
  },
  {
    ...{ cloud: 'tencent', devices: 'generated', deviceCredentials: 'store' },
    given: {
      cloud: { productId: 'ABCDE12345', apiVersion: '2.0' },
      ...{ devices: { count: 7, prefix: 'g-' }, rest: { deleteActivated: true } },
    },
  },
  {
    ...{ cloud: 'aliyun', devices: 'assignedByCloud' },
    given: { cloud: aliyun, devices: 5, timeout: 900, rest: { removalPolicy: 'destroy' } },
  },
  { cloud: 'aliyun', devices: 'fromJob', given: { cloud: aliyun, devices: '1234567890123456789' } },
  {
    ...{ cloud: 'aliyun', devices: 'named' },
    given: { cloud: aliyun, devices: Array.from({ length: 300 }, (_, i) => `lamp-${i}`) },
  },
);

/** What stands for a token of each type until there is a stack. */
const TOKENS = { text: '<a text>', number: '<a number>', list: '<a list>' };

const change = fc.oneof(
  { weight: 5, arbitrary: mutation },
  { weight: 2, arbitrary: misplacedSecret },
  {
    weight: 2,
    arbitrary: fc.record({
      ...{ kind: fc.constant('replace' as const), at: fc.nat(), by: fc.constantFrom(...Object.values(TOKENS)) },
    }),
  },
);

/** The construct, in the hands of somebody without a compiler. */
export const construct = target({
  name: 'options of the construct',
  share: 20,
  inputs: fc.record({
    program: programs,
    changes: fc.array(change, { maxLength: 2 }),
    /** Something else in the place of an option. */
    foreign: mostly(
      undefined,
      fc.record({
        option: fc.constantFrom('cloud', 'devices', 'onExisting', 'deviceCredentials', 'timeout', 'provider'),
        value: strange,
      }),
    ),
  }),
  attempt({ program, changes, foreign }) {
    const { scope, credentials, end } = site();
    try {
      const given = withTokens(mutateValue(program.given, changes)) as Given;
      const props = propsOf(program, given, credentials);
      const batch = new DeviceBatch(scope, 'Batch', { ...props, ...(foreign && { [foreign.option]: foreign.value }) });
      return synthesized(batch);
    } catch (error) {
      const { code, message } = error as { code?: unknown; message: string };
      if (!(error instanceof Error) || error.name !== 'SynthesisError') throw error;
      return told(String(code), message);
    } finally {
      end();
    }
  },
});

/** A place in a stack that has a provider already. A new stack now and then, so that none grows for ever. */
function site(): { scope: Construct; credentials: ISecret; end: () => void } {
  if (!stack || sites++ % 500 === 0) {
    removeOutdir();
    outdir = mkdtempSync(join(tmpdir(), 'fuzz-'));
    stack = new Stack(new App({ outdir, analyticsReporting: false }), 'Town');
    new DeviceBatchProvider(stack, 'DeviceBatchProvider');
    Secret.fromSecretNameV2(stack, 'Keys', 'iot/keys');
  }
  const own = stack;
  const scope = new Construct(own, 'Site');
  return {
    scope,
    credentials: own.node.findChild('Keys') as unknown as ISecret,
    end: () => void own.node.tryRemoveChild('Site'),
  };
}

let stack: Stack | undefined;
let outdir: string | undefined;
let sites = 0;
process.once('exit', removeOutdir);

function removeOutdir(): void {
  if (outdir !== undefined) rmSync(outdir, { recursive: true, force: true });
}

function propsOf(program: Program, given: Given, credentials: ISecret): DeviceBatchProps {
  const { cloud, devices, onExisting, timeout, rest } = given;
  return {
    cloud: DeviceCloud[program.cloud]({ ...cloud, credentials } as never),
    devices: Devices[program.devices]((devices ?? {}) as never),
    ...(onExisting !== undefined && { onExisting: OnExisting.adoptOnly(onExisting) }),
    ...(program.deviceCredentials && { deviceCredentials: DeviceCredentials[program.deviceCredentials]() }),
    ...(timeout !== undefined && { timeout: durationOf(timeout) }),
    ...rest,
  };
}

/** The CDK itself refuses a duration below 0. */
function durationOf(timeout: unknown): Duration {
  return typeof timeout === 'number' && !(timeout < 0 && !Token.isUnresolved(timeout))
    ? Duration.seconds(timeout)
    : (timeout as Duration);
}

/** What the template has of the batch is what the handler reads; or what is wrong with it is told at synth. */
function synthesized(batch: DeviceBatch): string {
  const mistakes = batch.node.validate();
  if (mistakes[0] !== undefined) return told(/\[([A-Za-z]+)\]$/.exec(mistakes[0])?.[1], mistakes[0]);
  Stack.of(batch).resolve(batch.deviceNames);
  const resource = batch.node.findChild('Resource').node.defaultChild as CfnResource;
  const template = Stack.of(batch).resolve(resource._toCloudFormation()) as {
    Resources: Record<string, { Properties: unknown }>;
  };
  refuseSecrets(JSON.stringify(template), [CANARY]);
  parseOptions(asSent(Object.values(template.Resources)[0]?.Properties));
  return 'right';
}

/** As CloudFormation sends it: what it computes, and every scalar, is a text. */
function asSent(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(asSent);
  if (typeof value !== 'object' || value === null) return String(value);
  const keys = Object.keys(value);
  if (keys.length === 1 && /^(Ref|Fn::)/.test(keys[0]!)) return 'computed';
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, asSent(member)]));
}

function withTokens(value: unknown): unknown {
  if (value === TOKENS.text) return Token.asString({ Ref: 'Parameter' });
  if (value === TOKENS.number) return Token.asNumber({ Ref: 'Parameter' });
  if (value === TOKENS.list) return Token.asList({ Ref: 'Parameter' });
  if (Array.isArray(value)) return value.map(withTokens);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, withTokens(member)]));
}

function told(code: string | undefined, message: string): string {
  refuseSecrets(message, [CANARY]);
  if (code === undefined) throw new Error(`no code is told: ${message}`);
  if (message.length > 5_000) throw new RangeError(`an error of ${message.length} characters`);
  return code;
}

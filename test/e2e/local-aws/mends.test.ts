/** Each place where our local AWS is mended to be like Amazon's (local-aws/ministack/mends), proven on plain templates. */
import { DeleteObjectCommand, ListObjectsV2Command, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { DescribeSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { startLocalAws, type LocalAws } from '../../../local-aws';
import { fail, ScriptedResource, succeed, type Event } from '../harness/scripted-resource';
import { Stack, type Template } from '../harness/stack';

jest.setTimeout(120_000);

let aws: LocalAws;
let scripted: ScriptedResource;
let stacks = 0;

beforeAll(async () => {
  aws = await startLocalAws({ bootstrapped: false });
  scripted = await ScriptedResource.listen();
});
afterAll(async () => {
  await aws?.stop();
  await scripted?.close();
});
beforeEach(() => scripted.forget());

const newStack = (): Stack => new Stack(aws, `mend-${++stacks}`);
const template = (resources: Readonly<Record<string, unknown>>): Template => ({
  Resources: { Function: scripted.functionResource, ...resources },
});
const only =
  (type: Event['RequestType'], id: string, answer: ReturnType<typeof succeed>) =>
  (event: Event): ReturnType<typeof succeed> =>
    event.RequestType === type && event.LogicalResourceId === id ? answer : succeed(event);

describe('a failed Create', () => {
  test('is followed by a Delete with the id that its answer named', async () => {
    scripted.answer = only('Create', 'Devices', fail('3 names exist', 'batch-1'));

    const { status, reasons } = await newStack().create(template({ Devices: scripted.customResource({ Count: 5 }) }));

    expect(status).toBe('ROLLBACK_COMPLETE');
    expect(reasons).toEqual(['3 names exist']);
    expect(scripted.history).toEqual(['Create Devices', 'Delete Devices batch-1']);
    expect(scripted.events[1]!.ResourceProperties).toEqual(scripted.events[0]!.ResourceProperties);
  });

  test('is followed by a Delete with a made-up id if nothing was answered', async () => {
    scripted.answer = (event) => (event.RequestType === 'Create' ? undefined : succeed(event));
    const stack = newStack();

    const { status } = await stack.create(template({ Devices: scripted.customResource({ ServiceTimeout: 1 }) }));

    expect(status).toBe('ROLLBACK_COMPLETE');
    expect(scripted.history).toEqual([
      'Create Devices',
      expect.stringMatching(`^Delete Devices ${stack.name}-Devices-[A-Z0-9]{12}$`),
    ]);
  });

  test('of a resource that an update adds is followed by its Delete, and the update is undone', async () => {
    const stack = newStack();
    await stack.create(template({ Devices: scripted.customResource() }));
    scripted.answer = only('Create', 'More', fail('no', 'more-1'));

    const { status, resources } = await stack.update(
      template({ Devices: scripted.customResource(), More: scripted.customResource() }),
    );

    expect(status).toBe('UPDATE_ROLLBACK_COMPLETE');
    expect(resources).toEqual(['Devices', 'Function']);
    expect(scripted.history).toEqual(['Create Devices', 'Create More', 'Delete More more-1']);
  });

  test('that is not rolled back is deleted with its stack', async () => {
    scripted.answer = only('Create', 'Devices', fail('no', 'batch-1'));
    const stack = newStack();

    const created = await stack.create(template({ Devices: scripted.customResource() }), { rollBack: false });
    expect(created.status).toBe('CREATE_FAILED');
    expect(scripted.history).toEqual(['Create Devices']);

    expect((await stack.delete()).status).toBe('DELETE_COMPLETE');
    expect(scripted.history).toEqual(['Create Devices', 'Delete Devices batch-1']);
  });
});

describe('an answer of a custom resource', () => {
  /** Pads the answer to Create to a number of bytes; `é` is one character and two bytes. */
  const answerOf = (bytes: number) => (event: Event) => {
    if (event.RequestType !== 'Create') return succeed(event);
    const { StackId, RequestId, LogicalResourceId } = event;
    const answer = { StackId, RequestId, LogicalResourceId, ...succeed(event), Data: { Names: 'é' } };
    answer.Data.Names += 'x'.repeat(bytes - Buffer.byteLength(JSON.stringify(answer)));
    return answer;
  };

  test('may have 4,096 bytes', async () => {
    scripted.answer = answerOf(4096);

    expect(await newStack().create(template({ Devices: scripted.customResource() }))).toMatchObject({
      status: 'CREATE_COMPLETE',
    });
  });

  test('is refused from 4,097 bytes on', async () => {
    scripted.answer = answerOf(4097);

    expect(await newStack().create(template({ Devices: scripted.customResource() }))).toMatchObject({
      status: 'ROLLBACK_COMPLETE',
      reasons: ['Response object is too long.'],
    });
  });
});

describe('a resource whose Delete fails', () => {
  /** Devices needs Function and Needed; Bystander needs nothing. */
  const resources = () =>
    template({
      Needed: scripted.customResource(),
      Devices: { ...scripted.customResource(), DependsOn: 'Needed' },
      Bystander: { Type: 'AWS::SecretsManager::Secret', Properties: {} },
    });

  test('keeps what it depends on, so that a second delete of the stack succeeds', async () => {
    const stack = newStack();
    await stack.create(resources());
    scripted.answer = only('Delete', 'Devices', fail('a device has connected'));

    const first = await stack.delete();

    expect(first).toMatchObject({ status: 'DELETE_FAILED', reasons: ['a device has connected'] });
    expect(first.resources).toEqual(['Devices', 'Function', 'Needed']);
    scripted.forget();

    expect(await stack.delete()).toMatchObject({ status: 'DELETE_COMPLETE', resources: [] });
    expect(scripted.history).toEqual(['Delete Devices id-of-Devices', 'Delete Needed id-of-Needed']);
  });

  test('in the roll-back of a create is not forgotten: the delete of the stack tries it again', async () => {
    const stack = newStack();
    scripted.answer = (event) => {
      if (event.LogicalResourceId === 'Last') return fail('no', 'last-1');
      return event.RequestType === 'Delete' ? fail('not yet') : succeed(event);
    };
    const broken = template({
      Devices: scripted.customResource(),
      Last: { ...scripted.customResource(), DependsOn: 'Devices' },
    });

    const created = await stack.create(broken);

    expect(created.status).toBe('ROLLBACK_FAILED');
    expect(created.resources).toEqual(['Devices', 'Function', 'Last']);
    scripted.forget();

    expect(await stack.delete()).toMatchObject({ status: 'DELETE_COMPLETE', resources: [] });
    expect(scripted.history).toEqual(['Delete Last last-1', 'Delete Devices id-of-Devices']);
  });
});

describe('a secret of a template', () => {
  test('has its ARN for its Ref, through update and delete', async () => {
    const secrets = new SecretsManagerClient(aws.client);
    const stack = newStack();
    const secretWith = (description: string): Template => ({
      Resources: {
        Secret: { Type: 'AWS::SecretsManager::Secret', Properties: { Description: description, SecretString: '{}' } },
      },
      Outputs: { Ref: { Value: { Ref: 'Secret' } } },
    });

    const { outputs } = await stack.create(secretWith('before'));
    expect(outputs.Ref).toMatch(/^arn:aws:secretsmanager:us-east-1:000000000000:secret:.+-[0-9a-zA-Z]{6}$/);

    expect((await stack.update(secretWith('after'))).outputs).toEqual(outputs);
    const describe = () => secrets.send(new DescribeSecretCommand({ SecretId: outputs.Ref }));
    expect(await describe()).toMatchObject({ Description: 'after' });

    await stack.delete();
    await expect(describe()).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  });
});

describe('a bucket of a template', () => {
  const bucketOnly: Template = {
    Resources: { Bucket: { Type: 'AWS::S3::Bucket', Properties: {} } },
    Outputs: { Name: { Value: { Ref: 'Bucket' } } },
  };

  test('cannot be deleted while it holds objects', async () => {
    const s3 = new S3Client(aws.client);
    const stack = newStack();
    const { outputs } = await stack.create(bucketOnly);
    const object = { Bucket: outputs.Name, Key: 'left' };
    await s3.send(new PutObjectCommand({ ...object, Body: 'behind' }));

    expect(await stack.delete()).toMatchObject({
      status: 'DELETE_FAILED',
      reasons: [expect.stringContaining('The bucket you tried to delete is not empty')],
      resources: ['Bucket'],
    });
    expect(await s3.send(new ListObjectsV2Command({ Bucket: outputs.Name }))).toMatchObject({ KeyCount: 1 });

    await s3.send(new DeleteObjectCommand(object));
    expect(await stack.delete()).toMatchObject({ status: 'DELETE_COMPLETE', resources: [] });
  });
});

import { incompleteAnswer, unreadableAnswer } from '../../../lib/clouds/http/unusable-answer';

const page = '<html>secret-of-a-device</html>';
const answered = (status: number, headers: Record<string, string> = { 'content-type': 'text/html' }) =>
  unreadableAnswer({ status, headers, body: page });

describe('an answer that is not the cloud’s', () => {
  test.each([
    [200, 'uncertain'],
    [302, 'uncertain'],
    [399, 'uncertain'],
    [400, 'permanent'],
    [404, 'permanent'],
    // The server gave up waiting: it may have got enough to begin.
    [408, 'uncertain'],
    [429, 'throttled'],
    [499, 'permanent'],
    [500, 'uncertain'],
    [502, 'uncertain'],
  ])('with the status %p means: %s', (status, meaning) => {
    expect(answered(status)).toMatchObject({ meaning, httpStatus: status, code: 'UnreadableAnswer' });
  });

  test.each([
    ['{"Code":"Thrott', 'uncertain'],
    ['\n{"Code":"Thrott', 'uncertain'],
    ['<?xml version="1.0"?><Error><Code>Thrott', 'uncertain'],
    ['{"message":"no route"}\n', 'permanent'],
    ['<?xml version="1.0"?><Error/>\n', 'permanent'],
    ['not found', 'permanent'],
    ['', 'permanent'],
  ])(
    'may have been a refusal for the rate if it is cut, not if it is somebody else’s (I8): %j means %s',
    (body, meaning) => {
      expect(unreadableAnswer({ status: 404, headers: {}, body }).meaning).toBe(meaning);
    },
  );

  test('is described, and never quoted (I7)', () => {
    expect(answered(502).text).toBe(`the answer is not the cloud's: HTTP 502, text/html, ${page.length} characters`);
    expect(answered(502, {}).text).toContain('no content type');
  });
});

describe('an answer in which something lacks', () => {
  const issue = { code: 'custom' as const, path: ['Data', 'ApplyId'], message: 'expected string', input: undefined };

  test('says what, without values', () => {
    const { text } = incompleteAnswer({ name: 'Query', repeatable: true }, [issue]);
    expect(text).toBe('the answer lacks Data.ApplyId, or it is not as documented (expected string)');
    expect(incompleteAnswer({ name: 'Query', repeatable: true }).text).toBe(
      'the answer lacks the answer, or it is not as documented (unknown)',
    );
  });

  test('says of a call that may be made again that it never works, of another that nobody knows', () => {
    expect(incompleteAnswer({ name: 'Query', repeatable: true }).meaning).toBe('permanent');
    expect(incompleteAnswer({ name: 'Create', repeatable: false }).meaning).toBe('uncertain');
  });
});

import { parseLosslessly } from '../../../lib/clouds/http/lossless-json';

describe('reading JSON without rounding ids', () => {
  test('whole numbers that a double cannot hold become their digits', () => {
    expect(parseLosslessly('{"ApplyId": 9223372036854775807, "n": [-9223372036854775808]}')).toEqual({
      ApplyId: '9223372036854775807',
      n: ['-9223372036854775808'],
    });
  });

  test('other numbers stay numbers', () => {
    const text = '[0, -1, 9007199254740991, 0.12345678901234567890, 12345678901234567890.5, 1e21, 1.5E-7]';
    expect(parseLosslessly(text)).toEqual(JSON.parse(text));
  });

  test('digits within strings are text, also behind escaped quotes', () => {
    const text = '{"a": "9223372036854775807", "b": "\\"9223372036854775807\\" \\\\", "9223372036854775807": "c"}';
    expect(parseLosslessly(text)).toEqual(JSON.parse(text));
  });

  test.each(['', '{', '<html>1234567890123456789</html>', '{"a": "12', 'undefined'])('%p stays an error', (text) =>
    expect(() => parseLosslessly(text)).toThrow(SyntaxError),
  );
});

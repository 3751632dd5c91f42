import tseslint from 'typescript-eslint';

/**
 * Who may know whom (ARCHITECTURE.md). Each entry: the folder, and the folders that it must not import.
 * The patterns match the import text, so they hold for every depth of `../`.
 */
const arrows = [
  {
    from: 'lib/batch',
    not: ['clouds', 'cdk', 'pulumi', 'handler', 'emulator', 'bin'],
    andNot: ['undici', 'aws-cdk-lib', 'constructs', '@aws-sdk'],
  },
  {
    from: 'lib/clouds',
    not: ['cdk', 'pulumi', 'handler', 'emulator', 'bin'],
    andNot: ['aws-cdk-lib', 'constructs', '@aws-sdk'],
  },
  { from: 'lib/cdk', not: ['pulumi', 'handler', 'emulator', 'bin'], andNot: ['undici', '@aws-sdk'] },
  { from: 'handler', not: ['cdk', 'pulumi', 'emulator', 'bin'], andNot: ['aws-cdk-lib', 'constructs'] },
  {
    from: 'emulator',
    not: ['lib', 'batch', 'clouds', 'cdk', 'pulumi', 'handler'],
    andNot: ['undici', 'aws-cdk-lib', 'constructs', '@aws-sdk'],
  },
];

/** The construct knows the option contract and the clouds' plain limits, never the engine or a client. */
const cdkKnows = {
  regex: '(^|/)(batch/(?!contract(/|$))|clouds/(?!([a-z]+/)?limits$))',
  message: 'lib/cdk may import batch/contract and clouds/*/limits only.',
};

const folderRules = arrows.map(({ from, not, andNot }) => ({
  files: [`${from}/**/*.ts`],
  rules: {
    'no-restricted-imports': [
      'error',
      {
        patterns: [
          {
            regex: `^\\.{1,2}/(.*/)?(${not.join('|')})(/|$)`,
            message: `${from} must not know this folder (ARCHITECTURE.md).`,
          },
          {
            regex: `^(${andNot.join('|')})(/|$)`,
            message: `${from} must not depend on this package (ARCHITECTURE.md).`,
          },
          { regex: '(^|/)test(/|$)', message: 'Only tests import tests.' },
          ...(from === 'lib/cdk' ? [cdkKnows] : []),
        ],
      },
    ],
  },
}));

export default tseslint.config(
  { ignores: ['dist/**', 'node_modules/**', 'cdk.out/**', '**/cdk.out/**', '.local/**', 'coverage/**'] },
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.recommendedTypeChecked],
    languageOptions: { parserOptions: { project: './tsconfig.json', tsconfigRootDir: import.meta.dirname } },
    rules: {
      // No promise outlives the handler's return.
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      eqeqeq: 'error',
      'no-console': 'error',
    },
  },
  {
    files: ['test/**/*.ts', 'examples/**/*.ts', 'bench/**/*.ts', 'bin/**/*.ts', 'scripts/**/*.ts'],
    rules: { 'no-console': 'off' },
  },
  ...folderRules,
);

import tseslint from 'typescript-eslint';

/**
 * Who may know whom (ARCHITECTURE.md). Each entry: the folder, the folders and packages that it must not import, and what
 * else it must not. For a file the last entry counts that names a folder it lies in. The patterns match the import's text,
 * so they hold for every depth of `../`. test/architecture tries all arrows.
 */
const arrows = [
  {
    from: 'lib',
    not: ['pulumi', 'batch', 'clouds', 'stores', 'handler', 'emulator', 'bin'],
    andNot: ['undici', 'aws-cdk-lib', 'constructs', '@aws-sdk', '@pulumi'],
  },
  {
    from: 'lib/batch',
    not: ['clouds', 'stores', 'cdk', 'pulumi', 'handler', 'emulator', 'bin'],
    andNot: ['undici', 'aws-cdk-lib', 'constructs', '@aws-sdk', '@pulumi'],
  },
  {
    from: 'lib/batch/contract',
    not: ['clouds', 'stores', 'cdk', 'pulumi', 'handler', 'emulator', 'bin'],
    andNot: ['undici', 'aws-cdk-lib', 'constructs', '@aws-sdk', '@pulumi'],
    nor: { regex: '^\\.\\./(?!errors$)', message: 'The contract knows nothing of the engine but its errors.' },
  },
  {
    from: 'lib/clouds',
    not: ['stores', 'cdk', 'pulumi', 'handler', 'emulator', 'bin'],
    andNot: ['aws-cdk-lib', 'constructs', '@aws-sdk', '@pulumi'],
  },
  {
    from: 'lib/stores',
    not: ['clouds', 'cdk', 'pulumi', 'handler', 'emulator', 'bin'],
    andNot: ['undici', 'aws-cdk-lib', 'constructs', '@pulumi'],
  },
  {
    from: 'lib/pulumi',
    not: ['cdk', 'handler', 'emulator', 'bin'],
    andNot: ['undici', 'aws-cdk-lib', 'constructs', '@aws-sdk'],
  },
  {
    from: 'lib/cdk',
    not: ['stores', 'pulumi', 'handler', 'emulator', 'bin'],
    andNot: ['undici', '@aws-sdk', '@pulumi'],
    nor: {
      regex: '(^|/)(batch/(?!contract/(?!index$|parse-options$)[a-z-]+$)|clouds/(?!([a-z]+/)?limits$)|(batch|clouds)$)',
      message: 'The construct knows the files of the contract, without its parser, and the limits of the clouds.',
    },
  },
  {
    from: 'handler',
    not: ['cdk', 'pulumi', 'emulator', 'bin'],
    andNot: ['undici', 'aws-cdk-lib', 'constructs', '@pulumi'],
  },
  {
    from: 'emulator',
    not: ['lib', 'batch', 'clouds', 'stores', 'cdk', 'pulumi', 'handler', 'bin'],
    andNot: ['undici', 'aws-cdk-lib', 'constructs', '@aws-sdk', '@pulumi'],
  },
  {
    from: 'bin',
    not: ['cdk', 'pulumi'],
    andNot: ['undici', 'aws-cdk-lib', 'constructs', '@pulumi'],
  },
];

const folderRules = arrows.map(({ from, not, andNot, nor }) => ({
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
          {
            regex: '^\\.{1,2}/(.*/)?(test|bench|examples|local-aws|local-pulumi|scripts)(/|$)',
            message: 'This is no part of what is published.',
          },
          ...(nor ? [nor] : []),
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

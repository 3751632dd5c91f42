const transform = { '^.+\\.ts$': ['ts-jest', { tsconfig: 'tsconfig.json', diagnostics: false }] };
// What tools keep in .local may hold whole copies of this package.
const common = { testEnvironment: 'node', transform, modulePathIgnorePatterns: ['<rootDir>/.local/'] };

/** `unit` runs anywhere Node runs; `e2e` drives the real CDK CLI, `pulumi` the real Pulumi CLI. @type {import('jest').Config} */
module.exports = {
  // A time-out only ends what hangs: it is no statement about speed, and machines are slow at times.
  testTimeout: 60_000,
  projects: [
    {
      ...common,
      displayName: 'unit',
      testMatch: ['<rootDir>/test/**/*.test.ts'],
      testPathIgnorePatterns: ['/node_modules/', '<rootDir>/test/e2e/'],
    },
    {
      ...common,
      displayName: 'e2e',
      testMatch: ['<rootDir>/test/e2e/**/*.test.ts'],
      testPathIgnorePatterns: ['/node_modules/', '<rootDir>/test/e2e/pulumi/'],
    },
    { ...common, displayName: 'pulumi', testMatch: ['<rootDir>/test/e2e/pulumi/**/*.test.ts'] },
  ],
};

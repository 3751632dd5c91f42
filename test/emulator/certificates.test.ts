import { createPrivateKey, X509Certificate } from 'node:crypto';
import { CertificateAuthority } from '../../emulator/certificates';
import { Randomness } from '../../emulator/randomness';

test('no two certificates are alike, also where their keys come again', () => {
  const authority = new CertificateAuthority(new Randomness('certificates'));
  const issued = Array.from({ length: 1_026 }, () => authority.issue('light-1', 'product', 0));
  expect(new Set(issued.map(({ certificate }) => certificate)).size).toBe(1_026);
  expect(new Set(issued.map(({ serialNumber }) => serialNumber)).size).toBe(1_026);
  expect(new Set(issued.map(({ privateKey }) => privateKey)).size).toBe(1_024);
  for (const { certificate, privateKey } of [issued[0], issued[1_024], issued[1_025]].flatMap((one) => one ?? [])) {
    expect(new X509Certificate(certificate).checkPrivateKey(createPrivateKey(privateKey))).toBe(true);
  }
});

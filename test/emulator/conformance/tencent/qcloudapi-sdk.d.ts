/** The official client of API 2.0, which has no types of its own. */
declare module 'qcloudapi-sdk' {
  interface Options {
    host: string;
    protocol: 'http' | 'https';
    method: 'GET' | 'POST';
    signatureMethod: 'sha1' | 'sha256';
    SecretId: string;
    SecretKey: string;
    Region: string;
  }
  class QcloudApi {
    constructor(defaults: Options);
    request(data: Record<string, unknown>, callback: (error: Error | null, body: unknown) => void): void;
  }
  export = QcloudApi;
}

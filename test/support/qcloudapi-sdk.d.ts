/** The official client of API 2.0, which has no types of its own. */
declare module 'qcloudapi-sdk' {
  interface Options {
    host?: string;
    /** Makes the host, where none is given: `iotcloud`. */
    serviceType?: string;
    protocol?: 'http' | 'https';
    method: 'GET' | 'POST';
    signatureMethod: 'sha1' | 'sha256';
    SecretId: string;
    SecretKey: string;
    Region: string;
  }
  class QcloudApi {
    constructor(defaults: Options);
    request(data: Record<string, unknown>, callback: (error: Error | null, body: unknown) => void): void;
    /** The signed form of a call, `Signature` last. */
    generateQueryString(data: Record<string, unknown>, options: Pick<Options, 'method' | 'signatureMethod'>): string;
  }
  export = QcloudApi;
}

import { connect } from 'nano-client';

const text = {
  encode: (body) => new TextEncoder().encode(body ?? ''),
  decode: (payload, route, kind) => new TextDecoder().decode(payload),
};

const client = await connect(url, { serializer: text });
show(await client.request('Bench.Echo', 'plain text'));
client.close();

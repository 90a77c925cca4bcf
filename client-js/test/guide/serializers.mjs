import { byRoute, connect, rawSerializer } from 'nano-client';

const client = await connect(url, {
  serializer: byRoute({ 'Bench.Echo': rawSerializer }),
});

const bytes = await client.request('Bench.Echo', Uint8Array.of(1, 2, 3));
show(bytes.join(' '));

client.close();

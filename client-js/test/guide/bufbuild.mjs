import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import { DurationSchema } from '@bufbuild/protobuf/wkt';
import { bufbuildSerializer, byRoute, connect } from 'nano-client';

const runtime = { create, fromBinary, toBinary };

const client = await connect(url, {
  serializer: byRoute({
    'Proto.Echo': bufbuildSerializer(runtime, { request: DurationSchema, response: DurationSchema }),
  }),
});

const duration = await client.request('Proto.Echo', { seconds: 90n });
show(duration.seconds);

client.close();

// One message, described to each of the two protobuf libraries, and how each of them reads and writes it.
import * as bufbuild from '@bufbuild/protobuf';
import {
  FieldDescriptorProto_Label as Label,
  FieldDescriptorProto_Type as FieldType,
  FileDescriptorProtoSchema,
} from '@bufbuild/protobuf/wkt';
import protobufjs from 'protobufjs';

import { bufbuildSerializer, protobufjsSerializer } from '../dist/index.js';

/** A `Type` of protobufjs. */
const PingType = protobufjs
  .parse('syntax = "proto3"; package testdata; message Ping { string content = 1; int64 sequence = 2; }')
  .root.lookupType('testdata.Ping');

const file = bufbuild.create(FileDescriptorProtoSchema, {
  name: 'ping.proto',
  package: 'testdata',
  syntax: 'proto3',
  messageType: [
    {
      name: 'Ping',
      field: [
        { name: 'content', number: 1, label: Label.OPTIONAL, type: FieldType.STRING, jsonName: 'content' },
        { name: 'sequence', number: 2, label: Label.OPTIONAL, type: FieldType.INT64, jsonName: 'sequence' },
      ],
    },
  ],
});

/** A schema of @bufbuild/protobuf. */
const PingSchema = bufbuild.createFileRegistry(file, () => undefined).getMessage('testdata.Ping');

/** The sequence has more than 32 bits. */
export const ping = { content: 'hi', sequence: 2 ** 40 + 1 };

/** `message` is `ping` as the library has it, `plain` as it comes; `read` makes `ping` of what is decoded. */
export const libraries = {
  protobufjs: {
    serializer: protobufjsSerializer,
    type: PingType,
    message: PingType.create(ping),
    plain: ping,
    read: ({ content, sequence }) => ({ content, sequence: Number(sequence) }),
  },
  '@bufbuild/protobuf': {
    serializer: (types) => bufbuildSerializer(bufbuild, types),
    type: PingSchema,
    message: bufbuild.create(PingSchema, { ...ping, sequence: BigInt(ping.sequence) }),
    plain: { ...ping, sequence: BigInt(ping.sequence) },
    read: ({ content, sequence }) => ({ content, sequence: Number(sequence) }),
  },
};

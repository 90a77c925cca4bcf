// Internal header. The vectors of wire-vectors.json for tests; its "_about" says what each section means.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "protocol/bytes.h"
#include "protocol/route_dictionary.h"

namespace nano::protocol::testdata {

struct PacketVector {
  std::string name;
  int type = 0;
  Bytes body;
  Bytes hex;
};

struct MessageVector {
  std::string name;
  int type = 0;
  std::uint64_t id = 0;
  std::string route;
  std::optional<std::uint16_t> route_code;
  Bytes payload;
  Bytes hex;
};

/// Of the sections "streams" and "incomplete" (these have one chunk).
struct StreamVector {
  std::string name;
  std::vector<Bytes> chunks;
  std::vector<PacketVector> packets;
};

struct LenientVector {
  bool must_decode = false;
  MessageVector message;
};

struct InvalidVector {
  std::string name;
  std::string layer;
  Bytes hex;
};

struct WireVectors {
  std::uint32_t packet_body_bytes_max = 0;
  RouteDictionary dictionary;
  std::vector<PacketVector> packets;
  std::vector<MessageVector> messages;
  std::vector<StreamVector> streams;
  std::vector<StreamVector> incomplete;
  std::vector<LenientVector> lenient;
  std::vector<InvalidVector> invalid;
};

/// Reads the file; throws std::exception if it is missing or not as expected, or a section is empty.
WireVectors load_wire_vectors();

/// Bytes of the notation used there: "04010000 61*65536".
Bytes from_hex(std::string_view text);

}  // namespace nano::protocol::testdata

#include "protocol/testdata/wire_vectors.h"

#include <fstream>
#include <sstream>
#include <stdexcept>

#include <boost/json.hpp>

namespace nano::protocol::testdata {

namespace json = boost::json;

namespace {

std::string string_at(const json::object& object, std::string_view key) {
  return std::string(object.at(key).as_string());
}

Bytes bytes_at(const json::object& object, std::string_view key) {
  return from_hex(object.at(key).as_string());
}

int int_at(const json::object& object, std::string_view key) { return object.at(key).to_number<int>(); }

std::vector<PacketVector> delivered_packets(const json::object& object) {
  std::vector<PacketVector> packets;
  for (const json::value& value : object.at("packets").as_array()) {
    const json::object& packet = value.as_object();
    packets.push_back({"", int_at(packet, "type"), bytes_at(packet, "body"), {}});
  }
  return packets;
}

PacketVector packet_vector(const json::object& object) {
  return {string_at(object, "name"), int_at(object, "type"), bytes_at(object, "body"),
          bytes_at(object, "hex")};
}

MessageVector message_fields(const json::object& object) {
  MessageVector vector;
  vector.type = int_at(object, "type");
  vector.id = std::stoull(string_at(object, "id"));
  if (object.contains("route_hex")) {
    vector.route = as_text(bytes_at(object, "route_hex"));
  } else {
    vector.route = string_at(object, "route");
  }
  vector.payload = bytes_at(object, "payload");
  return vector;
}

MessageVector message_vector(const json::object& object) {
  MessageVector vector = message_fields(object);
  vector.name = string_at(object, "name");
  vector.hex = bytes_at(object, "hex");
  if (object.at("compressed").as_bool()) {
    vector.route_code = object.at("route_code").to_number<std::uint16_t>();
  }
  return vector;
}

StreamVector stream_vector(const json::object& object) {
  StreamVector vector{string_at(object, "name"), {}, delivered_packets(object)};
  for (const json::value& chunk : object.at("chunks").as_array()) {
    vector.chunks.push_back(from_hex(chunk.as_string()));
  }
  return vector;
}

StreamVector incomplete_vector(const json::object& object) {
  return {string_at(object, "name"), {bytes_at(object, "hex")}, delivered_packets(object)};
}

LenientVector lenient_vector(const json::object& object) {
  const std::string expect = string_at(object, "expect");
  if (expect != "ok" && expect != "any") {
    throw std::runtime_error("lenient vector with expectation " + expect);
  }
  LenientVector vector{expect == "ok", message_fields(object.at("decode").as_object())};
  vector.message.name = string_at(object, "name");
  vector.message.hex = bytes_at(object, "hex");
  return vector;
}

InvalidVector invalid_vector(const json::object& object) {
  return {string_at(object, "name"), string_at(object, "layer"), bytes_at(object, "hex")};
}

template <class Vector>
std::vector<Vector> section(const json::object& file, std::string_view name,
                            Vector (*convert)(const json::object&)) {
  std::vector<Vector> vectors;
  for (const json::value& value : file.at(name).as_array()) vectors.push_back(convert(value.as_object()));
  if (vectors.empty()) throw std::runtime_error("no vectors in section " + std::string(name));
  return vectors;
}

}  // namespace

Bytes from_hex(std::string_view text) {
  Bytes bytes;
  std::istringstream tokens{std::string(text)};
  for (std::string token; tokens >> token;) {
    const std::size_t star = token.find('*');
    const int repeats = star == std::string::npos ? 1 : std::stoi(token.substr(star + 1));
    const std::string digits = token.substr(0, star);
    for (int n = 0; n < repeats; ++n) {
      for (std::size_t i = 0; i < digits.size(); i += 2) {
        bytes.push_back(static_cast<std::uint8_t>(std::stoi(digits.substr(i, 2), nullptr, 16)));
      }
    }
  }
  return bytes;
}

WireVectors load_wire_vectors() {
  std::ifstream stream(NANO_SOURCE_DIR "/protocol/testdata/wire-vectors.json");
  stream.exceptions(std::ios::badbit | std::ios::failbit);
  std::stringstream text;
  text << stream.rdbuf();
  const json::value document = json::parse(text.str());
  const json::object& file = document.as_object();

  WireVectors vectors;
  vectors.packet_body_bytes_max = file.at("max_packet_body").to_number<std::uint32_t>();
  for (const auto& [route, code] : file.at("dictionary").as_object()) {
    vectors.dictionary.add(route, code.to_number<std::uint16_t>());
  }
  vectors.packets = section<PacketVector>(file, "packets", packet_vector);
  vectors.messages = section<MessageVector>(file, "messages", message_vector);
  vectors.streams = section<StreamVector>(file, "streams", stream_vector);
  vectors.incomplete = section<StreamVector>(file, "incomplete", incomplete_vector);
  vectors.lenient = section<LenientVector>(file, "lenient", lenient_vector);
  vectors.invalid = section<InvalidVector>(file, "invalid", invalid_vector);
  return vectors;
}

}  // namespace nano::protocol::testdata

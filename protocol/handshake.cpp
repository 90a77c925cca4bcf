#include "protocol/handshake.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <stdexcept>

#include <boost/json.hpp>

#include "protocol/assert.h"
#include "protocol/limits.h"
#include "protocol/surrogates.h"
#include "protocol/utf8.h"

namespace nano::protocol {

namespace json = boost::json;

namespace {

// Boost.JSON makes infinity of 1e400 and NaN of 0e400, which could not be written as JSON again.
bool has_only_finite_numbers(const json::value& value) {
  const auto is_good = [](const json::value& element) { return has_only_finite_numbers(element); };
  if (value.is_array()) return std::all_of(value.get_array().begin(), value.get_array().end(), is_good);
  if (value.is_object()) {
    const json::object& members = value.get_object();
    return std::all_of(members.begin(), members.end(),
                       [&is_good](const json::key_value_pair& member) { return is_good(member.value()); });
  }
  return !value.is_double() || std::isfinite(value.get_double());
}

Error bad(std::string sentence) { return {Errc::bad_payload, std::move(sentence)}; }

// In these texts `document` names what is read: "the handshake".
Result<json::object> parse_object(std::string_view text, const std::string& document) {
  json::parse_options options;
  options.max_depth = json_depth_max;
  json::error_code error;
  json::value value = json::parse(text, error, {}, options);
  if (error) {
    const std::string joined = join_json_surrogates(text);
    if (!is_utf8(joined)) return bad(document + " is not valid JSON: it is not UTF-8");
    value = json::parse(joined, error, {}, options);
  }
  if (error) return bad(document + " is not valid JSON: " + error.message());
  if (!value.is_object()) {
    return bad(document + " is not a JSON object, but of kind " + std::string(json::to_string(value.kind())));
  }
  if (!has_only_finite_numbers(value)) return bad(document + " has a number out of range");
  return std::move(value.get_object());
}

bool is_blank(std::string_view text) { return text.find_first_not_of(" \t\r\n") == std::string_view::npos; }

// JSON text of a member, "null" if there is none.
std::string member_json(const json::object& object, std::string_view name) {
  const json::value* member = object.if_contains(name);
  return member ? json::serialize(*member) : "null";
}

// A string as it is, a number as JSON writes it; nothing for other kinds.
std::optional<std::string> text_of(const json::value* value) {
  if (value && value->is_string()) return std::string(value->get_string());
  if (value && value->is_number()) return json::serialize(*value);
  return std::nullopt;
}

std::string text_member(const json::object& object, std::string_view name) {
  return text_of(object.if_contains(name)).value_or("");
}

template <class Number>
std::optional<Number> number_of(const json::value* value) {
  if (!value || !value->is_number()) return std::nullopt;
  json::error_code error;
  const auto number = value->to_number<Number>(error);
  return error ? std::nullopt : std::optional(number);
}

std::string quoted(std::string_view text) {
  return json::serialize(json::string_view(replace_invalid_utf8(text)));
}

// 30 and 0.5, where Boost.JSON would write 3E1 and 5E-1; the shortest text that gives back the same number.
// Clients that want an integer take no exponent either.
std::string number_text(double number) {
  NANO_ASSERT(std::isfinite(number) && number >= 0, "a handshake has times that are no times");
  if (number <= 0x1p53 && std::trunc(number) == number) {
    return std::to_string(static_cast<std::uint64_t>(number));
  }
  std::array<char, 32> text;
  const auto written = std::to_chars(text.data(), text.data() + text.size(), number);
  return {text.data(), written.ptr};
}

// Returns a sentence if `value` is no dictionary; null and a missing one are an empty dictionary.
std::string read_dict(const json::value* value, RouteDictionary& dict) {
  if (!value || value->is_null()) return "";
  if (!value->is_object()) return "sys.dict of the handshake is not an object";
  for (const auto& [route, code_value] : value->get_object()) {
    const auto code = number_of<std::uint16_t>(&code_value);
    if (!code) return "sys.dict of the handshake has a route code that is not an integer from 0 to 65535";
    try {
      dict.add(route, *code);
    } catch (const std::invalid_argument& error) {
      return "sys.dict of the handshake is not usable. " + std::string(error.what());
    }
  }
  return "";
}

// Returns a sentence if something in `sys` is not usable.
std::string read_server_sys(const json::object& sys, ServerHandshakeDocument& document) {
  if (const json::value* heartbeat = sys.if_contains("heartbeat"); heartbeat && !heartbeat->is_null()) {
    document.heartbeat_s = number_of<double>(heartbeat).value_or(-1);
    if (document.heartbeat_s < 0) return "sys.heartbeat of the handshake is not a number of seconds";
  }
  document.server_time_s = number_of<std::int64_t>(sys.if_contains("servertime")).value_or(0);
  document.serializer = text_member(sys, "serializer");
  return read_dict(sys.if_contains("dict"), document.dict);
}

std::string encode_refusal(const ServerHandshake& handshake) {
  // Browser clients look into sys before they look at the code.
  std::string text = "{\"code\":" + std::to_string(handshake.code) + ",\"sys\":{}";
  if (!handshake.message.empty()) text += ",\"message\":" + quoted(handshake.message);
  return text + '}';
}

}  // namespace

Result<ClientHandshake> parse_client_handshake(ByteView body) {
  ClientHandshake handshake;
  const std::string_view text = as_text(body);
  if (is_blank(text)) return handshake;
  const Result<json::object> document = parse_object(text, "the handshake");
  if (!document) return document.error();
  handshake.user_json = member_json(*document, "user");
  handshake.sys_json = member_json(*document, "sys");
  if (const json::value* sys = document->if_contains("sys"); sys && sys->is_object()) {
    handshake.type = text_member(sys->get_object(), "type");
    handshake.version = text_member(sys->get_object(), "version");
    handshake.lib_version = text_member(sys->get_object(), "libVersion");
  }
  return handshake;
}

std::string encode_dict(const RouteDictionary& dict) {
  std::string text;
  for (const auto& [route, code] : dict) {
    text += text.empty() ? '{' : ',';
    text += quoted(route) + ':' + std::to_string(code);
  }
  return text.empty() ? text : text + '}';
}

std::string encode(const ServerHandshake& handshake) {
  if (handshake.code != handshake_code_ok) return encode_refusal(handshake);
  std::string text = "{\"code\":" + std::to_string(handshake.code);
  text += ",\"sys\":{\"heartbeat\":" + number_text(handshake.heartbeat_s);
  text += ",\"servertime\":" + std::to_string(handshake.server_time_s);
  if (!handshake.dict_json.empty()) {
    text += ",\"dict\":";
    text += handshake.dict_json;
  }
  if (!handshake.serializer.empty()) text += ",\"serializer\":" + quoted(handshake.serializer);
  text += "},\"user\":" + (handshake.user_json.empty() ? "{}" : handshake.user_json) + '}';
  return text;
}

Result<ServerHandshakeDocument> parse_server_handshake(ByteView body) {
  const Result<json::object> object = parse_object(as_text(body), "the handshake");
  if (!object) return object.error();
  const std::optional<int> code = number_of<int>(object->if_contains("code"));
  if (!code) return bad("the handshake has no code that is an integer");
  ServerHandshakeDocument document;
  document.code = *code;
  document.message = text_member(*object, "message");
  document.user_json = member_json(*object, "user");
  if (const json::value* sys = object->if_contains("sys"); sys && sys->is_object()) {
    std::string error = read_server_sys(sys->get_object(), document);
    if (!error.empty()) return bad(std::move(error));
  }
  return document;
}

std::string encode_kick(std::string_view reason) {
  return reason.empty() ? "{}" : "{\"reason\":" + quoted(reason) + '}';
}

std::string encode_error(std::string_view code, std::string_view msg) {
  return "{\"code\":" + quoted(code) + ",\"msg\":" + quoted(msg) + '}';
}

std::optional<Error> parse_error(ByteView payload) {
  const Result<json::object> object = parse_object(as_text(payload), "the error");
  if (!object) return std::nullopt;
  std::optional<std::string> code = text_of(object->if_contains("code"));
  if (!code) return std::nullopt;
  return Error{std::move(*code), text_member(*object, "msg")};
}

}  // namespace nano::protocol

#include "protocol/handshake.h"

#include <boost/json.hpp>
#include <gtest/gtest.h>

namespace nano::protocol {
namespace {

std::string refusal(std::string_view body) {
  const auto handshake = parse_client_handshake(as_bytes(body));
  return handshake ? "accepted" : handshake.error().message;
}

std::string nested_arrays(int depth) { return std::string(depth, '[') + std::string(depth, ']'); }

TEST(ClientHandshakeParsing, JoinsTheHalvesOfACharacter) {
  const auto document = parse_client_handshake(as_bytes(
      "{\"sys\":{\"type\":\"\\ud83d\"},\"user\":{\"\xed\xa0\xbd\xed\xb8\x80\":\"\xed\xa0\xbd\\ude00\"}}"));
  ASSERT_TRUE(document) << document.error().message;
  EXPECT_EQ(document->type, "\ufffd");
  EXPECT_EQ(document->user_json, "{\"\U0001f600\":\"\U0001f600\"}");
  EXPECT_EQ(parse_client_handshake(as_bytes("{\"user\":\"\xff\"}")).error().message,
            "the handshake is not valid JSON: it is not UTF-8");
}

TEST(ClientHandshake, GivesTypeVersionAndUser) {
  const auto handshake = parse_client_handshake(as_bytes(
      R"({"sys":{"type":"js-websocket","version":"1.1.1","rsa":{}},"user":{"name":"имя"},"more":1})"));
  ASSERT_TRUE(handshake) << handshake.error().message;
  EXPECT_EQ(handshake->type, "js-websocket");
  EXPECT_EQ(handshake->version, "1.1.1");
  EXPECT_EQ(handshake->user_json, R"({"name":"имя"})");
  EXPECT_EQ(handshake->sys_json, R"({"type":"js-websocket","version":"1.1.1","rsa":{}})");
}

TEST(ClientHandshake, HasDefaultsForAnEmptyBodyAndForMissingMembers) {
  for (const char* body : {"", " \r\n\t", "{}", R"({"sys":null})", R"({"sys":"odd"})"}) {
    const auto handshake = parse_client_handshake(as_bytes(body));
    ASSERT_TRUE(handshake) << body << handshake.error().message;
    EXPECT_EQ(handshake->type, "");
    EXPECT_EQ(handshake->version, "");
    EXPECT_EQ(handshake->user_json, "null");
  }
  EXPECT_EQ(parse_client_handshake(as_bytes(""))->sys_json, "null");
}

TEST(ClientHandshake, ToleratesOddKindsInSys) {
  const auto handshake = parse_client_handshake(as_bytes(R"({"sys":{"type":{"a":1},"version":3}})"));
  ASSERT_TRUE(handshake);
  EXPECT_EQ(handshake->type, "");
  EXPECT_EQ(handshake->version, "3");
}

TEST(ClientHandshake, RefusesWhatIsNotAJsonObjectWithASentence) {
  EXPECT_EQ(refusal("[1]"), "the handshake is not a JSON object, but of kind array");
  EXPECT_EQ(refusal("null"), "the handshake is not a JSON object, but of kind null");
  for (const char* body : {"{", "{\"user\":}", "{} x", "\xff", "{\"user\":\"\xff\"}"}) {
    EXPECT_TRUE(refusal(body).starts_with("the handshake is not valid JSON: "))
        << body << ": " << refusal(body);
  }
}

TEST(ClientHandshake, BoundsTheNesting) {
  const int depth_max = static_cast<int>(json_depth_max);
  EXPECT_EQ(refusal(R"({"user":)" + nested_arrays(depth_max - 1) + "}"), "accepted");
  EXPECT_NE(refusal(R"({"user":)" + nested_arrays(depth_max) + "}"), "accepted");
  EXPECT_NE(refusal(std::string(60000, '[')), "accepted");
}

TEST(ClientHandshake, RefusesNumbersThatCannotBeWrittenAgain) {
  for (const char* number : {"1e400", "-1e400", "0e400", "-0e320"}) {
    EXPECT_EQ(refusal(R"({"user":{"a":[)" + std::string(number) + "]}}"),
              "the handshake has a number out of range")
        << number;
  }
  EXPECT_EQ(refusal(R"({"user":[1e300,-1e300,1e-400,18446744073709551616]})"), "accepted");
}

TEST(ServerHandshake, IsEncodedInTheFormOfGoNano) {
  RouteDictionary dict;
  dict.add("onSay", 2);
  dict.add("Room.Join", 1);
  const std::string dict_json = encode_dict(dict);
  const ServerHandshake handshake{.heartbeat_s = 30,
                                  .server_time_s = 1700000000,
                                  .dict_json = dict_json,
                                  .serializer = "json",
                                  .user_json = R"({"id":7})"};
  EXPECT_EQ(encode(handshake), R"({"code":200,"sys":{"heartbeat":30,"servertime":1700000000,)"
                               R"("dict":{"Room.Join":1,"onSay":2},"serializer":"json"},"user":{"id":7}})");
}

TEST(ServerHandshake, LeavesOutAnEmptyDictionaryAndAnEmptySerializer) {
  const RouteDictionary empty;
  const ServerHandshake handshake{.heartbeat_s = 0.5, .dict_json = encode_dict({})};
  EXPECT_EQ(encode(handshake), R"({"code":200,"sys":{"heartbeat":0.5,"servertime":0},"user":{}})");
}

TEST(ServerHandshake, RefusesWithSysForBrowserClients) {
  const ServerHandshake refused{.code = handshake_code_refused, .message = "full \"\xff\""};
  EXPECT_EQ(encode(refused), "{\"code\":500,\"sys\":{},\"message\":\"full \\\"\xef\xbf\xbd\\\"\"}");
  EXPECT_EQ(encode(ServerHandshake{.code = handshake_code_old_client}), R"({"code":501,"sys":{}})");
}

TEST(ServerHandshakeDocument, IsReadBackAsEncoded) {
  RouteDictionary dict;
  dict.add("a \"quoted\" комната", 65535);
  const std::string dict_json = encode_dict(dict);
  const ServerHandshake handshake{.heartbeat_s = 0.25,
                                  .server_time_s = 12,
                                  .dict_json = dict_json,
                                  .serializer = "protobuf",
                                  .user_json = R"(["x"])"};
  const auto document = parse_server_handshake(as_bytes(encode(handshake)));
  ASSERT_TRUE(document) << document.error().message;
  EXPECT_EQ(document->code, 200);
  EXPECT_EQ(document->heartbeat_s, 0.25);
  EXPECT_EQ(document->server_time_s, 12);
  EXPECT_EQ(document->dict.find_route(65535), "a \"quoted\" комната");
  EXPECT_EQ(document->serializer, "protobuf");
  EXPECT_EQ(document->user_json, R"(["x"])");
}

TEST(ServerHandshakeDocument, ReadsOlderServersAndRefusals) {
  const auto go_nano = parse_server_handshake(as_bytes(R"({"code":200,"sys":{"heartbeat":30}})"));
  ASSERT_TRUE(go_nano);
  EXPECT_EQ(go_nano->heartbeat_s, 30);
  EXPECT_TRUE(go_nano->dict.empty());
  const auto bare = parse_server_handshake(as_bytes(R"({"code":200,"sys":{"heartbeat":null,"dict":null}})"));
  ASSERT_TRUE(bare);
  EXPECT_EQ(bare->heartbeat_s, 0);
  const auto refused = parse_server_handshake(as_bytes(R"({"code":501,"sys":{},"message":"old"})"));
  ASSERT_TRUE(refused);
  EXPECT_EQ(refused->code, 501);
  EXPECT_EQ(refused->message, "old");
}

TEST(ServerHandshakeDocument, SaysWhatIsWrong) {
  const auto wrong = [](std::string_view body) {
    return parse_server_handshake(as_bytes(body)).error().message;
  };
  EXPECT_TRUE(wrong("").starts_with("the handshake is not valid JSON: "));
  EXPECT_EQ(wrong("{}"), "the handshake has no code that is an integer");
  EXPECT_EQ(wrong(R"({"code":"200"})"), "the handshake has no code that is an integer");
  EXPECT_EQ(wrong(R"({"code":200,"sys":{"heartbeat":-1}})"),
            "sys.heartbeat of the handshake is not a number of seconds");
  EXPECT_EQ(wrong(R"({"code":200,"sys":{"heartbeat":"30"}})"),
            "sys.heartbeat of the handshake is not a number of seconds");
  EXPECT_EQ(wrong(R"({"code":200,"sys":{"dict":[]}})"), "sys.dict of the handshake is not an object");
  EXPECT_EQ(wrong(R"({"code":200,"sys":{"dict":{"a":65536}}})"),
            "sys.dict of the handshake has a route code that is not an integer from 0 to 65535");
  EXPECT_TRUE(wrong(R"({"code":200,"sys":{"dict":{"a":1,"b":1}}})").find("same code 1") != std::string::npos);
}

TEST(Kick, IsNeverEmpty) {
  EXPECT_EQ(encode_kick(""), "{}");
  EXPECT_EQ(encode_kick("again"), R"({"reason":"again"})");
}

TEST(Kick, IsValidJsonWhateverTheReason) {
  for (const char* reason : {"\"", "\\", "\n\x01", "\xff\xc3", "имя"}) {
    EXPECT_NO_THROW(boost::json::parse(encode_kick(reason))) << reason;
  }
}

TEST(ErrorPayload, IsReadBackAsEncoded) {
  EXPECT_EQ(encode_error("internal", "it \"broke\""), R"({"code":"internal","msg":"it \"broke\""})");
  const auto error = parse_error(as_bytes(encode_error("c\xff", "комната")));
  ASSERT_TRUE(error);
  EXPECT_EQ(error->code, "c\xef\xbf\xbd");
  EXPECT_EQ(error->message, "комната");
}

TEST(ErrorPayload, IsReadFromOtherServers) {
  const auto pitaya = parse_error(as_bytes(R"({"code":"PIT-404","msg":"no route","metadata":{"a":"b"}})"));
  ASSERT_TRUE(pitaya);
  EXPECT_EQ(pitaya->code, "PIT-404");
  const auto numeric = parse_error(as_bytes(R"({"code":500})"));
  ASSERT_TRUE(numeric);
  EXPECT_EQ(numeric->code, "500");
  EXPECT_EQ(numeric->message, "");
}

TEST(ErrorPayload, IsNothingForOtherPayloads) {
  for (const char* payload : {"", "x", "[]", "{}", R"({"code":{}})", R"({"msg":"m"})", "\x0a\x07PIT-404"}) {
    EXPECT_FALSE(parse_error(as_bytes(payload))) << payload;
  }
}

}  // namespace
}  // namespace nano::protocol

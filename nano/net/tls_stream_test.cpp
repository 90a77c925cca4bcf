#include "nano/net/tls_stream.h"

#include <cstdint>
#include <fstream>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>

#include <gtest/gtest.h>

#include "nano/net/tls_certificate_for_tests.h"

namespace nano {
namespace {

using TlsStatus = TlsStream::Status;

std::span<const std::uint8_t> bytes_of(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

TlsContext server_context(const TestCertificate& certificate, int version_min = TLS1_2_VERSION) {
  return TlsContext::server({.certificate_chain = certificate.certificate_file,
                             .private_key = certificate.key_file,
                             .version_min = version_min});
}

/// One end of a connection with all that it received.
struct End {
  explicit End(const TlsContext& context, const std::string& server_name = {})
      : stream(context, server_name) {}

  TlsStatus take(std::string_view ciphertext) {
    return stream.decrypt(bytes_of(ciphertext), [this](std::span<std::uint8_t> plaintext) {
      received.append(plaintext.begin(), plaintext.end());
    });
  }

  TlsStream stream;
  std::string received;
};

/// Carries ciphertext both ways in pieces of `piece_bytes` until neither end has more.
void exchange(End& a, End& b, std::size_t piece_bytes = 1 << 20) {
  const auto carry = [piece_bytes](End& from, End& to) {
    const std::string bytes = from.stream.take_output();
    for (std::size_t at = 0; at < bytes.size(); at += piece_bytes) to.take(bytes.substr(at, piece_bytes));
  };
  while (!a.stream.output().empty() || !b.stream.output().empty()) {
    carry(a, b);
    carry(b, a);
  }
}

struct Pair {
  explicit Pair(const TlsContext& server_side, const TlsContext& client_side)
      : server(server_side), client(client_side) {
    client.stream.start();
  }
  End server;
  End client;
};

std::string message_of(const TlsContext::ServerFiles& files) {
  try {
    TlsContext::server(files);
    return "nothing thrown";
  } catch (const std::runtime_error& error) {
    return error.what();
  }
}

TEST(TlsStream, CarriesBytesBothWaysHoweverTheCiphertextIsSplit) {
  const TestCertificate certificate;
  const TlsContext server = server_context(certificate);
  const TlsContext client = TlsContext::client(certificate.certificate_file);
  const std::string large(100'000, 'x');
  for (const std::size_t piece_bytes : {1, 7, 1000, 1 << 20}) {
    Pair pair{server, client};
    exchange(pair.client, pair.server, piece_bytes);
    ASSERT_TRUE(pair.server.stream.handshake_done());
    ASSERT_TRUE(pair.client.stream.handshake_done());
    pair.client.stream.encrypt(bytes_of("hello"));
    pair.server.stream.encrypt(bytes_of(large));
    pair.client.stream.encrypt(bytes_of(" again"));
    exchange(pair.client, pair.server, piece_bytes);
    EXPECT_EQ(pair.server.received, "hello again");
    EXPECT_EQ(pair.client.received, large);
  }
}

TEST(TlsStream, LetsTheReceiverAnswerWhileItReads) {
  const TestCertificate certificate;
  const TlsContext server_side = server_context(certificate);
  const TlsContext client_side = TlsContext::client();
  Pair pair{server_side, client_side};
  exchange(pair.client, pair.server);
  pair.client.stream.encrypt(bytes_of("ping"));
  pair.server.stream.decrypt(bytes_of(pair.client.stream.take_output()),
                             [&](std::span<std::uint8_t> plaintext) {
                               for (std::uint8_t& byte : plaintext) byte ^= 1;
                               pair.server.stream.encrypt(plaintext);
                             });
  exchange(pair.client, pair.server);
  EXPECT_EQ(pair.client.received, "qhof");
}

TEST(TlsStream, MayStillSendAfterThePeerHasClosedItsSide) {
  const TestCertificate certificate;
  const TlsContext server_side = server_context(certificate);
  const TlsContext client_side = TlsContext::client();
  Pair pair{server_side, client_side};
  exchange(pair.client, pair.server);
  pair.client.stream.encrypt(bytes_of("last"));
  pair.client.stream.shutdown();
  EXPECT_EQ(pair.server.take(pair.client.stream.take_output()), TlsStatus::closed);
  EXPECT_EQ(pair.server.received, "last");
  pair.server.stream.encrypt(bytes_of("answer"));
  pair.server.stream.shutdown();
  pair.server.stream.encrypt(bytes_of("ignored"));
  EXPECT_EQ(pair.client.take(pair.server.stream.take_output()), TlsStatus::closed);
  EXPECT_EQ(pair.client.received, "answer");
}

TEST(TlsStream, SendsCloseNotifyOnce) {
  const TestCertificate certificate;
  const TlsContext server_side = server_context(certificate);
  const TlsContext client_side = TlsContext::client();
  Pair pair{server_side, client_side};
  exchange(pair.client, pair.server);
  pair.server.stream.shutdown();
  EXPECT_FALSE(pair.server.stream.take_output().empty());
  pair.server.stream.shutdown();
  EXPECT_TRUE(pair.server.stream.output().empty());
}

TEST(TlsStream, SaysNothingWhenItIsShutDownBeforeTheHandshake) {
  const TestCertificate certificate;
  const TlsContext context = server_context(certificate);
  End server{context};
  server.stream.shutdown();
  EXPECT_TRUE(server.stream.output().empty());
}

TEST(TlsStream, RefusesWhatIsNotTls) {
  const TestCertificate certificate;
  const TlsContext context = server_context(certificate);
  for (const char* garbage :
       {"GET / HTTP/1.1\r\nHost: h\r\n\r\n", "garbage garbage garbage", "\x01\x02\x03\x04\x05\x06"}) {
    End server{context};
    EXPECT_EQ(server.take(garbage), TlsStatus::error) << garbage;
    EXPECT_FALSE(server.stream.error_text().empty());
    EXPECT_EQ(server.received, "");
    EXPECT_EQ(server.take("more"), TlsStatus::error) << "an error is final";
  }
  End server{context};
  server.take("GET / HTTP/1.1\r\n");
  EXPECT_EQ(server.stream.error_text(), "http request");
}

TEST(TlsStream, DetectsCiphertextThatWasChanged) {
  const TestCertificate certificate;
  const TlsContext server_side = server_context(certificate);
  const TlsContext client_side = TlsContext::client();
  Pair pair{server_side, client_side};
  exchange(pair.client, pair.server);
  pair.client.stream.encrypt(bytes_of("hello"));
  std::string ciphertext = pair.client.stream.take_output();
  ciphertext.back() ^= 1;
  EXPECT_EQ(pair.server.take(ciphertext), TlsStatus::error);
  EXPECT_EQ(pair.server.received, "");
  EXPECT_FALSE(pair.server.stream.output().empty()) << "the alert";
  pair.server.stream.encrypt(bytes_of("ignored"));
}

TEST(TlsStream, KeepsToTheLowestVersionAllowed) {
  const TestCertificate certificate;
  const TlsContext server_side = server_context(certificate, TLS1_3_VERSION);
  const TlsContext client_side = TlsContext::client();
  Pair pair{server_side, client_side};
  exchange(pair.client, pair.server);
  EXPECT_TRUE(pair.server.stream.handshake_done());
  EXPECT_NE(message_of({certificate.certificate_file, certificate.key_file, 42}).find("TLS version"),
            std::string::npos);
}

TEST(TlsStream, ClientsTrustOnlyWhatTheyWereTold) {
  const TestCertificate certificate;
  const TestCertificate other;
  const TlsContext server_side = server_context(certificate);
  const TlsContext trusting = TlsContext::client(certificate.certificate_file);
  const TlsContext distrusting = TlsContext::client(other.certificate_file);

  const auto outcome = [&](const TlsContext& client_side, const std::string& server_name) {
    End server{server_side};
    End client{client_side, server_name};
    client.stream.start();
    exchange(client, server);
    return client.stream.error_text();
  };
  EXPECT_EQ(outcome(trusting, "localhost"), "");
  EXPECT_EQ(outcome(trusting, "other.example"), "certificate verify failed");
  EXPECT_EQ(outcome(distrusting, "localhost"), "certificate verify failed");
}

TEST(TlsContext, SaysWhatToChangeWhenAFileIsWrong) {
  const TestCertificate certificate;
  const TestCertificate other;
  const std::string good = certificate.certificate_file;
  const std::string key = certificate.key_file;

  EXPECT_EQ(message_of({"/nowhere.pem", key}),
            "The TLS certificate file '/nowhere.pem' cannot be used (No such file or directory). Name a "
            "readable PEM "
            "file that holds the server's certificate, then the intermediate ones.");
  EXPECT_NE(message_of({key, key}).find("The TLS certificate file '" + key + "' cannot be used"),
            std::string::npos);
  EXPECT_NE(message_of({good, "/nowhere.pem"}).find("The TLS private key file '/nowhere.pem'"),
            std::string::npos);
  EXPECT_NE(message_of({good, good}).find("The TLS private key file"), std::string::npos);
  const std::string mismatch = message_of({good, other.key_file});
  EXPECT_NE(mismatch.find("key values mismatch"), std::string::npos) << mismatch;
  EXPECT_NE(mismatch.find("the key that the certificate '" + good + "' was made with"), std::string::npos)
      << mismatch;
  EXPECT_THROW(TlsContext::client("/nowhere.pem"), std::runtime_error);
}

TEST(TlsStreamDeathTest, DoesNotEncryptBeforeTheHandshake) {
  const TestCertificate certificate;
  const TlsContext context = server_context(certificate);
  End server{context};
  EXPECT_DEATH(server.stream.encrypt(bytes_of("early")), "before the handshake");
}

}  // namespace
}  // namespace nano

// What TLS clients may make the server compute.

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include <gtest/gtest.h>
#include <openssl/ssl.h>

#include "nano/base/limits.h"
#include "nano/net/tls_certificate_for_tests.h"
#include "nano/net/tls_stream.h"

namespace nano {
namespace {

TlsContext server_with(const TestCertificate& certificate) {
  return TlsContext::server(
      {.certificate_chain = certificate.certificate_file, .private_key = certificate.key_file});
}

/// A client of OpenSSL's own making, with settings that ours does not have, connected to a server in memory.
class ForeignClient {
 public:
  explicit ForeignClient(const TlsContext& server, int version = TLS1_3_VERSION)
      : version_(version), server_(server), context_(SSL_CTX_new(TLS_client_method())) {
    SSL_CTX_set_min_proto_version(context_.get(), version);
    SSL_CTX_set_max_proto_version(context_.get(), version);
    SSL_CTX_set_security_level(context_.get(), 0);
    SSL_CTX_set_options(context_.get(), SSL_OP_LEGACY_SERVER_CONNECT);
    ssl_.reset(SSL_new(context_.get()));
    SSL_set_bio(ssl_.get(), BIO_new(BIO_s_mem()), BIO_new(BIO_s_mem()));
    SSL_set_connect_state(ssl_.get());
  }

  SSL* ssl() { return ssl_.get(); }
  bool offer_groups(const char* names) { return SSL_set1_groups_list(ssl_.get(), names) == 1; }
  bool offer_ciphers(const char* names) {
    return version_ == TLS1_3_VERSION ? SSL_set_ciphersuites(ssl_.get(), names) == 1
                                      : SSL_set_cipher_list(ssl_.get(), names) == 1;
  }

  /// Whether the handshake succeeds on both sides.
  bool handshake() {
    for (int i = 0; i < 4; ++i) {
      SSL_do_handshake(ssl_.get());
      carry();
    }
    return SSL_is_init_finished(ssl_.get()) == 1 && server_.handshake_done() &&
           status_ == TlsStream::Status::ok;
  }
  /// What the client has written goes to the server in one piece, and its replies back.
  void carry() {
    std::string bytes(BIO_ctrl_pending(SSL_get_wbio(ssl_.get())), '\0');
    if (!bytes.empty()) BIO_read(SSL_get_wbio(ssl_.get()), bytes.data(), static_cast<int>(bytes.size()));
    status_ = server_.decrypt(
        std::span{reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()},
        [this](std::span<std::uint8_t> plaintext) { received_.append(plaintext.begin(), plaintext.end()); });
    const std::string replies = server_.take_output();
    BIO_write(SSL_get_rbio(ssl_.get()), replies.data(), static_cast<int>(replies.size()));
    char ignored = 0;
    SSL_read(ssl_.get(), &ignored, 1);  // takes tickets and alerts
  }
  void write(std::string_view text) { SSL_write(ssl_.get(), text.data(), static_cast<int>(text.size())); }

  std::string cipher() const { return SSL_get_cipher_name(ssl_.get()); }
  const TlsStream& server() const { return server_; }
  TlsStream::Status status() const { return status_; }
  const std::string& received() const { return received_; }

 private:
  struct Free {
    void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
    void operator()(SSL* ssl) const { SSL_free(ssl); }
  };

  const int version_;
  TlsStream server_;
  std::unique_ptr<SSL_CTX, Free> context_;
  std::unique_ptr<SSL, Free> ssl_;
  TlsStream::Status status_ = TlsStream::Status::ok;
  std::string received_;
};

TEST(TlsBounds, OnlyCheapGroupsAreComputedWith) {
  const TestCertificate certificate;
  const TlsContext server = server_with(certificate);
  for (const char* group : {"X25519", "P-256", "P-384"}) {
    ForeignClient client{server};
    ASSERT_TRUE(client.offer_groups(group));
    EXPECT_TRUE(client.handshake()) << group << ": " << client.server().error_text();
  }
  for (const char* group :
       {"ffdhe2048", "ffdhe3072", "ffdhe4096", "ffdhe6144", "ffdhe8192", "P-521", "X448"}) {
    ForeignClient client{server};
    ASSERT_TRUE(client.offer_groups(group));
    EXPECT_FALSE(client.handshake()) << group;
    EXPECT_EQ(client.server().error_text(), "no suitable key share") << group;
  }
}

TEST(TlsBounds, ASecondClientHelloAgreesOnACheapGroup) {
  const TestCertificate certificate;
  const TlsContext server = server_with(certificate);
  ForeignClient client{server};
  ASSERT_TRUE(client.offer_groups("ffdhe8192:X25519"));  // the key share is of the first
  EXPECT_TRUE(client.handshake()) << client.server().error_text();
}

TEST(TlsBounds, Tls12HasForwardSecrecyAndAuthenticatedCiphersOnly) {
  const TestCertificate ecdsa;
  const TestCertificate rsa{TestCertificate::Key::rsa2048};
  const TlsContext ecdsa_server = server_with(ecdsa);
  const TlsContext rsa_server = server_with(rsa);
  for (const char* cipher :
       {"ECDHE-ECDSA-AES128-GCM-SHA256", "ECDHE-ECDSA-AES256-GCM-SHA384", "ECDHE-ECDSA-CHACHA20-POLY1305"}) {
    ForeignClient client{ecdsa_server, TLS1_2_VERSION};
    ASSERT_TRUE(client.offer_ciphers(cipher));
    EXPECT_TRUE(client.handshake()) << cipher << ": " << client.server().error_text();
  }
  for (const char* cipher :
       {"ECDHE-ECDSA-AES128-SHA", "ECDHE-ECDSA-AES256-SHA384", "ECDHE-ECDSA-AES128-CCM"}) {
    ForeignClient client{ecdsa_server, TLS1_2_VERSION};
    ASSERT_TRUE(client.offer_ciphers(cipher));
    EXPECT_FALSE(client.handshake()) << cipher;
  }
  for (const char* cipher :
       {"AES128-GCM-SHA256", "AES256-SHA", "DHE-RSA-AES128-GCM-SHA256", "ECDHE-RSA-AES128-SHA256"}) {
    ForeignClient client{rsa_server, TLS1_2_VERSION};
    ASSERT_TRUE(client.offer_ciphers(cipher));
    EXPECT_FALSE(client.handshake()) << cipher;
    EXPECT_EQ(client.server().error_text(), "no shared cipher") << cipher;
  }
}

TEST(TlsBounds, TheServersOrderCountsUnlessTheClientPrefersChaCha) {
  const TestCertificate certificate;
  const TlsContext server = server_with(certificate);
  ForeignClient strongest_first{server};
  ASSERT_TRUE(strongest_first.offer_ciphers("TLS_AES_256_GCM_SHA384:TLS_AES_128_GCM_SHA256"));
  ASSERT_TRUE(strongest_first.handshake());
  EXPECT_EQ(strongest_first.cipher(), "TLS_AES_128_GCM_SHA256");

  ForeignClient phone{server};
  ASSERT_TRUE(phone.offer_ciphers("TLS_CHACHA20_POLY1305_SHA256:TLS_AES_128_GCM_SHA256"));
  ASSERT_TRUE(phone.handshake());
  EXPECT_EQ(phone.cipher(), "TLS_CHACHA20_POLY1305_SHA256");
}

TEST(TlsBounds, AClientWithATicketResumesWithoutASignature) {
  const TestCertificate certificate;
  const TlsContext server = server_with(certificate);
  ForeignClient first{server};
  ASSERT_TRUE(first.handshake());
  SSL_SESSION* ticket = SSL_get1_session(first.ssl());
  ASSERT_EQ(SSL_SESSION_is_resumable(ticket), 1);
  ForeignClient second{server};
  SSL_set_session(second.ssl(), ticket);
  EXPECT_TRUE(second.handshake());
  EXPECT_EQ(SSL_session_reused(second.ssl()), 1);
  SSL_SESSION_free(ticket);
}

TEST(TlsBounds, AClientMayRenewItsKeysButNotForEver) {
  const TestCertificate certificate;
  const TlsContext server = server_with(certificate);
  ForeignClient client{server};
  ASSERT_TRUE(client.handshake());
  const auto renew_keys = [&client](std::uint32_t times) {
    for (std::uint32_t i = 0; i < times; ++i) {
      SSL_key_update(client.ssl(), SSL_KEY_UPDATE_REQUESTED);
      SSL_do_handshake(client.ssl());
    }
  };
  renew_keys(limits::tls_handshake_messages - 4);  // those of the handshake count, too
  client.write("fine");
  client.carry();
  EXPECT_EQ(client.status(), TlsStream::Status::ok);
  EXPECT_EQ(client.received(), "fine");

  renew_keys(1000);  // in one piece: the others are not looked at
  client.write("too late");
  client.carry();
  EXPECT_EQ(client.status(), TlsStream::Status::error);
  EXPECT_EQ(client.server().error_text(), "too many handshake messages");
  EXPECT_EQ(client.received(), "fine");
}

TEST(TlsBounds, TellsAnRsaKeyByItsBits) {
  const TestCertificate ecdsa;
  const TestCertificate rsa{TestCertificate::Key::rsa2048};
  EXPECT_EQ(server_with(ecdsa).rsa_key_bits(), 0);
  EXPECT_EQ(server_with(rsa).rsa_key_bits(), 2048);
}

}  // namespace
}  // namespace nano

// Internal header. For tests: an authority made on the spot, and one certificate that it signed.
#pragma once

#include <cstdio>
#include <filesystem>
#include <memory>
#include <stdexcept>
#include <stdlib.h>
#include <string>

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

namespace nano::cluster {

/// Valid for a day, in files that are removed with the object. The certificate is for a server of the given
/// name, and for clients.
class TestCertificates {
 public:
  explicit TestCertificates(const std::string& name) {
    std::string pattern = (std::filesystem::temp_directory_path() / "nano-grpc-tls-XXXXXX").string();
    if (!::mkdtemp(pattern.data())) throw std::runtime_error("no folder for the test certificates");
    folder_ = pattern;
    const Key ca_key{EVP_EC_gen("P-256"), &EVP_PKEY_free};
    const Certificate authority = make("test authority", "critical,CA:TRUE", "", ca_key.get());
    sign(authority, authority, ca_key);
    const Key own_key{EVP_EC_gen("P-256"), &EVP_PKEY_free};
    const Certificate own = make(name, "CA:FALSE", "DNS:" + name, own_key.get());
    sign(own, authority, ca_key);
    write(ca(), [&](FILE* file) { return PEM_write_X509(file, authority.get()); });
    write(certificate(), [&](FILE* file) { return PEM_write_X509(file, own.get()); });
    write(key(), [&](FILE* file) {
      return PEM_write_PrivateKey(file, own_key.get(), nullptr, nullptr, 0, nullptr, nullptr);
    });
  }
  ~TestCertificates() {
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }
  TestCertificates(const TestCertificates&) = delete;
  TestCertificates& operator=(const TestCertificates&) = delete;

  std::string ca() const { return folder_ / "ca.pem"; }
  std::string certificate() const { return folder_ / "certificate.pem"; }
  std::string key() const { return folder_ / "key.pem"; }

 private:
  using Key = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;
  using Certificate = std::unique_ptr<X509, decltype(&X509_free)>;

  static Certificate make(const std::string& name, const std::string& constraints,
                          const std::string& alternative_names, EVP_PKEY* key) {
    constexpr long day_s = 24 * 60 * 60;
    Certificate made{X509_new(), &X509_free};
    X509_set_version(made.get(), 2);
    ASN1_INTEGER_set(X509_get_serialNumber(made.get()), alternative_names.empty() ? 1 : 2);
    X509_gmtime_adj(X509_getm_notBefore(made.get()), -day_s);  // clocks of test machines are not exact
    X509_gmtime_adj(X509_getm_notAfter(made.get()), day_s);
    X509_set_pubkey(made.get(), key);
    X509_NAME_add_entry_by_txt(X509_get_subject_name(made.get()), "CN", MBSTRING_ASC,
                               reinterpret_cast<const unsigned char*>(name.c_str()), -1, -1, 0);
    extend(made.get(), NID_basic_constraints, constraints);
    if (!alternative_names.empty()) extend(made.get(), NID_subject_alt_name, alternative_names);
    return made;
  }

  static void extend(X509* certificate, int kind, const std::string& value) {
    X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, nullptr, kind, value.c_str());
    X509_add_ext(certificate, extension, -1);
    X509_EXTENSION_free(extension);
  }

  static void sign(const Certificate& certificate, const Certificate& issuer, const Key& key) {
    X509_set_issuer_name(certificate.get(), X509_get_subject_name(issuer.get()));
    if (!X509_sign(certificate.get(), key.get(), EVP_sha256()))
      throw std::runtime_error("cannot sign a test certificate");
  }

  template <class Write>
  static void write(const std::filesystem::path& path, Write write_to) {
    const std::unique_ptr<FILE, int (*)(FILE*)> file{std::fopen(path.c_str(), "w"), &std::fclose};
    if (!file || write_to(file.get()) != 1) throw std::runtime_error("cannot write " + path.string());
  }

  std::filesystem::path folder_;
};

}  // namespace nano::cluster

#include "tests/generate/task_generator.h"

#include <fmt/format.h>

#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <iterator>

#include "tests/generate/random_words.h"
#include "tests/generate/script_text.h"

namespace pawl {
namespace {

namespace fs = std::filesystem;

template <class... Values>
void append(std::string& out, fmt::format_string<const Values&...> format,
            const Values&... values) {
  fmt::vformat_to(std::back_inserter(out), fmt::string_view(format),
                  fmt::make_format_args(values...));
}

// Version 4, variant 1, from the seed and the number: unique within a seed.
std::string uuid_text(std::uint64_t seed, std::uint64_t index) {
  Random random(seed * 0xD1342543DE82EF95U + 1);
  const std::uint64_t high = random.next();
  // The number is in it, so no two are the same.
  const std::uint64_t low = (random.next() & 0x3FFF'0000'0000'0000U) | (index & 0xFFFF'FFFF'FFFFU);
  return fmt::format("{:08x}-{:04x}-4{:03x}-{:04x}-{:012x}", high >> 32, (high >> 16) & 0xFFFF,
                     high & 0xFFF, 0x8000 | (low >> 48), low & 0xFFFF'FFFF'FFFFU);
}

std::string version_text(Random& random) {
  std::string text = fmt::format("{}.{}.{}", random.below(5), random.below(20), random.below(10));
  if (random.below(10) == 0) append(text, "-beta.{}", 1 + random.below(4));
  return text;
}

std::string metadata_text(Random& random, const GeneratedTask& task, std::string_view title,
                          std::string_view noun) {
  const bool newer = random.below(3) == 0;  // the form with name, author, tags, runtime, timeout
  std::string out = "{\n";
  append(out, "  \"uuid\": \"{}\",\n  \"version\": \"{}\",\n", task.uuid, task.version);
  append(out, "  \"{}\": \"{}\",\n", newer ? "name" : "label", title);
  if (newer) {
    append(out, "  \"author\": {{ \"name\": \"{}\" }},\n", random.one_of(kPeople));
    append(out, "  \"tags\": [\"{}\", \"{}\"],\n", noun, random.one_of(kFields));
    append(out, "  \"runtime\": \"javascript\",\n  \"timeout\": {},\n",
           1000 * (1 + random.below(60)));
  }
  append(out, "  \"description\": \"{} for every {} whose {} is not {}, and keeps its {}.\"\n}}\n",
         title, noun, random.one_of(kFields), random.below(1000), random.one_of(kFields));
  return out;
}

void append_property(std::string& out, Random& random, std::string_view name) {
  append(out, "    \"{}\": {{\n      \"title\": \"The {} of the {}\",\n", name, name,
         random.one_of(kNouns));
  switch (random.below(5)) {
    case 0:
      append(out, "      \"type\": \"string\",\n      \"maxLength\": {}\n", 1 + random.below(500));
      break;
    case 1:
      append(out, "      \"type\": \"integer\",\n      \"minimum\": {}\n", random.below(100));
      break;
    case 2:
      append(out, "      \"enum\": [\"{}\", \"{}-{}\", null]\n", random.one_of(kNouns),
             random.one_of(kVerbs), random.below(100));
      break;
    case 3:
      append(out,
             "      \"type\": \"array\",\n      \"items\": {{ \"type\": \"number\" }},\n"
             "      \"maxItems\": {}\n",
             1 + random.below(1000));
      break;
    default:
      append(out,
             "      \"type\": \"object\",\n      \"properties\": {{\n"
             "        \"{}\": {{ \"type\": \"string\", \"pattern\": \"^[a-z]{{1,{}}}$\" }}\n"
             "      }}\n",
             random.one_of(kNouns), 1 + random.below(40));
      break;
  }
  out += "    }";
}

std::string schema_text(Random& random, std::string_view title) {
  const bool latest = random.below(5) == 0;
  std::string out = "{\n";
  append(out, "  \"$schema\": \"{}\",\n",
         latest ? "https://json-schema.org/draft/2020-12/schema"
                : "http://json-schema.org/draft-07/schema#");
  append(out, "  \"title\": \"{}\",\n  \"type\": \"object\",\n  \"properties\": {{\n", title);
  const std::size_t count = 6 + random.below(7);
  const std::size_t first = random.below(kFields.size());
  for (std::size_t i = 0; i < count; ++i) {
    append_property(out, random, kFields[(first + i) % kFields.size()]);
    out += i + 1 < count ? ",\n" : "\n";
  }
  append(out, "  }},\n  \"required\": [\"{}\"],\n  \"additionalProperties\": {}\n}}\n",
         kFields[first], random.below(2) == 0);
  return out;
}

std::string readme_text(Random& random, std::string_view title, std::string_view noun) {
  std::string out = fmt::format("# {}\n\n", title);
  const std::size_t count = 2 + random.below(4);
  for (std::size_t i = 0; i < count; ++i) {
    append(out, "When a {} has no {}, the {} of its {} is taken instead, up to {} of them.\n\n",
           noun, random.one_of(kFields), random.one_of(kFields), random.one_of(kNouns),
           random.below(1000));
  }
  return out;
}

Status write_file(const std::string& path, const std::string& bytes) {
  std::FILE* file = std::fopen(path.c_str(), "wb");
  if (file == nullptr) return Status::from_errno(errno, "write", path);
  const bool written = std::fwrite(bytes.data(), 1, bytes.size(), file) == bytes.size();
  const int error = written ? 0 : errno;
  const bool closed = std::fclose(file) == 0;
  if (written && closed) return {};
  return Status::from_errno(written ? errno : error, "write", path);
}

}  // namespace

GeneratedTask generate_task(std::uint64_t seed, std::uint64_t index, ReadMe readme) {
  Random random(seed ^ (index + 1) * 0xA0761D6478BD642FU);
  const std::string_view verb = random.one_of(kVerbs);
  const std::string_view noun = random.one_of(kNouns);
  GeneratedTask task;
  task.folder = fmt::format("area-{:02}/group-{:02}/{}-{}-{:06}", index / 10'000, index / 100 % 100,
                            verb, noun, index);
  task.uuid = uuid_text(seed, index);
  task.version = version_text(random);
  const std::string title = fmt::format("{} {} {}", verb, noun, index);
  const std::size_t script_size = 1100 + random.below(2600);
  const bool module = random.below(2) == 0;
  task.files.push_back({"metadata.json", metadata_text(random, task, title, noun)});
  task.files.push_back({"main.js", script_text(random, script_size, module)});
  task.files.push_back({"input.schema.json", schema_text(random, title + ": input")});
  task.files.push_back({"output.schema.json", schema_text(random, title + ": output")});
  if (random.below(4) == 0 || readme == ReadMe::kAlways)
    task.files.push_back({"README.md", readme_text(random, title, noun)});
  return task;
}

Status write_generated_tasks(const std::string& folder, std::uint64_t count, std::uint64_t seed,
                             ReadMe readme) {
  for (std::uint64_t index = 0; index < count; ++index) {
    const GeneratedTask task = generate_task(seed, index, readme);
    const std::string path = folder + "/" + task.folder;
    std::error_code error;
    fs::create_directories(path, error);
    if (error) return Status::from_errno(error.value(), "create", path);
    for (const GeneratedFile& file : task.files) {
      Status status = write_file(path + "/" + file.name, file.bytes);
      if (!status.ok()) return status;
    }
  }
  return {};
}

}  // namespace pawl

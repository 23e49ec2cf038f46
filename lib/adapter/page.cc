// ctemplate behind page.h: the only C++ of the house. No exception crosses.
#include <ctemplate/template.h>

#include <string>

extern "C" {
#include "lib/adapter/page.h"
#include "lib/base/log/log.h"
}

namespace {

ctemplate::TemplateDictionary *dictionary(struct page *page)
{
    return reinterpret_cast<ctemplate::TemplateDictionary *>(page);
}

struct page *page_of(ctemplate::TemplateDictionary *dictionary)
{
    return reinterpret_cast<struct page *>(dictionary);
}

} // namespace

extern "C" void page_load(const char *folder, const char *const *names)
{
    try {
        auto *cache = ctemplate::mutable_default_template_cache();
        cache->SetTemplateRootDirectory(folder);
        for (; *names != nullptr; names++)
            if (!cache->LoadTemplate(*names, ctemplate::DO_NOT_STRIP))
                die("template %s/%s cannot be loaded", folder, *names);
        cache->Freeze();
    } catch (...) {
        die("templates of %s cannot be loaded", folder);
    }
}

extern "C" struct page *page_create(void)
{
    try {
        return page_of(new ctemplate::TemplateDictionary("page"));
    } catch (...) {
        die("no memory for a page");
    }
}

extern "C" void page_destroy(struct page *page)
{
    delete dictionary(page);
}

extern "C" void page_set(struct page *page, const char *marker,
                         const char *value)
{
    try {
        dictionary(page)->SetValue(marker, value == nullptr ? "" : value);
    } catch (...) {
        die("no memory for a page");
    }
}

extern "C" struct page *page_section(struct page *page, const char *name)
{
    try {
        return page_of(dictionary(page)->AddSectionDictionary(name));
    } catch (...) {
        die("no memory for a page");
    }
}

extern "C" struct page *page_include(struct page *page, const char *name,
                                     const char *file)
{
    try {
        auto *included = dictionary(page)->AddIncludeDictionary(name);
        included->SetFilename(file);
        return page_of(included);
    } catch (...) {
        die("no memory for a page");
    }
}

extern "C" void page_render(struct page *page, const char *name,
                            struct text *out)
{
    try {
        std::string html;
        if (!ctemplate::mutable_default_template_cache()->ExpandNoLoad(
                name, ctemplate::DO_NOT_STRIP, dictionary(page), nullptr,
                &html))
            die("template %s cannot be filled", name);
        text_add(out, html.data(), html.size());
    } catch (...) {
        die("template %s cannot be filled", name);
    }
}

// Everything here is a help on top of pages that work without it. No storage, no third party, no HTML from strings.

/** Leave out empty boxes, so that addresses stay short. */
for (const form of document.querySelectorAll('form[method="get"]')) {
  form.addEventListener("formdata", (event) => {
    for (const [name, value] of [...event.formData.entries()]) {
      if (value === "") event.formData.delete(name);
    }
  });
}

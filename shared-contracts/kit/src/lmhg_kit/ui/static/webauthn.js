// Security keys: a form with data-webauthn asks the browser for a key and sends what it answered.
// The options come from the server with the page; nothing else is fetched.
(() => {
  "use strict";

  const toBytes = (text) => {
    const plain = atob(text.replace(/-/g, "+").replace(/_/g, "/"));
    return Uint8Array.from(plain, (letter) => letter.charCodeAt(0));
  };

  const toText = (buffer) => {
    const plain = String.fromCharCode(...new Uint8Array(buffer));
    return btoa(plain).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  };

  const named = (list) => (list || []).map((each) => ({ ...each, id: toBytes(each.id) }));

  const ask = async (ceremony, options) => {
    options.challenge = toBytes(options.challenge);
    if (ceremony === "create") {
      options.user.id = toBytes(options.user.id);
      options.excludeCredentials = named(options.excludeCredentials);
      return navigator.credentials.create({ publicKey: options });
    }
    options.allowCredentials = named(options.allowCredentials);
    return navigator.credentials.get({ publicKey: options });
  };

  const described = (credential) => {
    const response = { clientDataJSON: toText(credential.response.clientDataJSON) };
    for (const part of ["attestationObject", "authenticatorData", "signature"]) {
      if (credential.response[part]) response[part] = toText(credential.response[part]);
    }
    return JSON.stringify({
      id: credential.id,
      rawId: toText(credential.rawId),
      type: credential.type,
      response,
      clientExtensionResults: {},
    });
  };

  for (const form of document.querySelectorAll("form[data-webauthn]")) {
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      const status = form.querySelector("[data-webauthn-status]");
      if (!window.PublicKeyCredential) {
        status.textContent = "This browser knows no security keys.";
        return;
      }
      status.textContent = "Waiting for your key.";
      try {
        const options = JSON.parse(form.dataset.options);
        form.elements.credential.value = described(await ask(form.dataset.webauthn, options));
      } catch {
        status.textContent = "The key gave no answer. Reload the page and try again.";
        return;
      }
      form.submit();
    });
  }
})();
